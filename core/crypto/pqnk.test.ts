import { expect, test } from 'vitest';
import { counting, fixedRandom } from './fixture.case.ts';
import { createNobleSuite } from './noble/mod.ts';
import { PQNK_FIRST_LEN, PQNK_SECOND_LEN, PqnkInitiator, PqnkResponder } from './pqnk.ts';
import { KEM_CIPHERTEXT_LEN, KEM_SEED_LEN, type KemSecret } from './suite.ts';

const suite = createNobleSuite();
const random = fixedRandom(counting(96, 3));
const nothing = new Uint8Array(0);

/** A responder's key that counts what it was asked to decapsulate. */
function countingKey(): { readonly secret: KemSecret; asked(): number } {
  const secret = suite.kemSecret(counting(KEM_SEED_LEN));
  let asked = 0;
  const decapsulate: KemSecret['decapsulate'] = (ciphertext) => {
    asked += 1;
    return secret.decapsulate(ciphertext);
  };
  return { secret: { ...secret, decapsulate }, asked: () => asked };
}

test('both ends come to the same secrets, and each payload arrives', () => {
  const { secret } = countingKey();
  const initiator = new PqnkInitiator(suite, secret.publicKey, counting(9));
  const responder = new PqnkResponder(suite, secret, counting(9));
  const first = initiator.writeFirst(random, counting(5)) ?? nothing;
  expect(responder.readFirst(first)).toEqual(counting(5));
  const second = responder.writeSecond(random, counting(3));
  const read = initiator.readSecond(second?.message ?? nothing);
  expect(read?.payload).toEqual(counting(3));
  expect(read?.result).toEqual(second?.result);
  expect(read?.result.initiatorSecret).not.toEqual(read?.result.responderSecret);
});

test('a message too short to be one costs no decapsulation, and is refused', () => {
  const { secret, asked } = countingKey();
  for (const length of [0, 1, KEM_CIPHERTEXT_LEN, PQNK_FIRST_LEN - 1]) {
    const responder = new PqnkResponder(suite, secret, nothing);
    expect(responder.readFirst(new Uint8Array(length))).toBeUndefined();
    expect(responder.writeSecond(random, nothing)).toBeUndefined();
  }
  expect(asked()).toBe(0);
  new PqnkResponder(suite, secret, nothing).readFirst(new Uint8Array(PQNK_FIRST_LEN));
  expect(asked()).toBe(1);

  const initiator = new PqnkInitiator(suite, secret.publicKey, nothing);
  const responder = new PqnkResponder(suite, secret, nothing);
  responder.readFirst(initiator.writeFirst(random, nothing) ?? nothing);
  const message = responder.writeSecond(random, nothing)?.message ?? nothing;
  for (const length of [0, 1, KEM_CIPHERTEXT_LEN, PQNK_SECOND_LEN - 1])
    expect(initiator.readSecond(message.subarray(0, length))).toBeUndefined();
  // None of them used the ephemeral key up.
  expect(initiator.readSecond(message)).toBeDefined();
});
