// A decoder of one whole circuit, written from PROTOCOL.md alone and over nothing but Node's own cryptography. It
// shares no line with the implementation, so where the two agree on the octets, the document has said enough.
import * as node from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CIRCUIT_VECTOR } from './vectors/circuit.ts';

type Vector = typeof CIRCUIT_VECTOR;
type Message = readonly [type: string, stream: number, body: Buffer];
/** One chain of a layer (§9.4): the key in use, the secret after it, and the next cell's counter. */
type Chain = { key: Buffer; next: Buffer; counter: number };
/** An X-Wing key (§1.1) and its halves: ML-KEM, X25519. */
type KemKey = { publicKey: Buffer; ml: node.KeyObject; dh: node.KeyObject };

const HERE = 1;
const REKEY = 2;
const NOTHING: Buffer = Buffer.alloc(0);
const fromHex = (hex: string): Buffer => Buffer.from(hex, 'hex');
const isZero = (octets: Buffer): boolean => octets.every((octet) => octet === 0);

/** §10.1: the messages by their types, and how long their bodies are, at least and at most. */
const NAMES: readonly string[] = ['', 'OPEN', 'OPENED', 'DATA', 'END', 'RESET', 'CREDIT'];
const LEAST: readonly number[] = [0, 5, 0, 1, 0, 1, 4];
const MOST: readonly number[] = [0, 257, 0, 65_535, 0, 1, 4];

describe('the vector', () => {
  const circuit = decode(CIRCUIT_VECTOR);

  test('§9.2: the first hop is told to extend to the second, the second that it is the last', () => {
    const first = 'db20fa73a86415124f17112f07d40ec5748eb0617b4691e521333ba8fcab3c3a';
    const second = '09e35ddbd7f5503d449dfe473e952c49f1041c93b41bda604d8db246195539c7';
    expect(circuit.orders).toEqual([
      { nodeId: first, index: 1, command: 1, next: second },
      { nodeId: second, index: 2, command: 0, next: '0'.repeat(64) },
    ]);
  });

  test('§9.2, §10.1: the CREATE carries the OPEN of a name', () => {
    const destination = Buffer.from('\x01\x08web.test\x01\xbb', 'latin1');
    expect(circuit.early).toEqual([['OPEN', 1, destination]]);
  });

  test('§9.2: the client finds in the answer that both did it', () => {
    expect(circuit.statuses).toEqual([0, 0]);
  });

  test('§9.4, §10.1: three cells to the last hop, the second of which rekeys both layers', () => {
    const [one, two] = [Buffer.of(0, 1, 2, 3, 4), Buffer.of(5, 6, 7, 8, 9)];
    expect(circuit.forward).toEqual([
      { flags: [0, HERE], messages: [['DATA', 1, one]] },
      { flags: [REKEY, HERE | REKEY], messages: [['DATA', 1, two]] },
      { flags: [0, HERE], messages: [['END', 1, NOTHING]] },
    ]);
  });

  test('§9.4, §10.1: one cell from the last hop', () => {
    const messages = [
      ['OPENED', 1, NOTHING],
      ['DATA', 1, Buffer.of(100, 101, 102, 103)],
    ];
    expect(circuit.backward).toEqual({ flags: [0, HERE], messages });
  });
});

describe('what is not the vector', () => {
  const wire = ['create', 'created', 'forward', 'backward'] as const;
  test.each(wire)('a flipped bit of %s is refused', (name) => {
    const all = fromHex([CIRCUIT_VECTOR[name]].flat().join(''));
    for (let i = 0; i <= 48; i += 1) {
      const at = Math.floor((i * (all.length - 1)) / 48);
      const octets = Buffer.from(all);
      octets[at] = (octets[at] ?? 0) ^ (1 << (i & 7));
      const hex = octets.toString('hex');
      const changed = name === 'forward' ? (hex.match(/.{1014}/g) ?? []) : hex;
      const reason = name === 'create' && at === 0 ? 'index of another' : 'forged';
      expect(changedTo({ [name]: changed })).toThrow(reason);
    }
  });

  test('§9.4: a cell that is lost, comes twice, overtakes another or went the other way', () => {
    const [one = '', two = '', three = ''] = CIRCUIT_VECTOR.forward;
    const other = CIRCUIT_VECTOR.backward;
    for (const forward of [[two, three], [one, three], [one, one], [one, three, two], [other]]) {
      expect(changedTo({ forward })).toThrow('forged');
    }
    expect(changedTo({ backward: one })).toThrow('forged');
    expect(changedTo({ forward: [one, two] })().forward).toHaveLength(2);
  });

  test('§2.2, §9.2: hops and keys that change places, and a statement of another boot', () => {
    const ephemeralSeeds = CIRCUIT_VECTOR.ephemeralSeeds.toReversed();
    expect(changedTo({ ephemeralSeeds })).toThrow('ephemeral key of another');
    const onionSeeds = CIRCUIT_VECTOR.onionSeeds.toReversed();
    expect(changedTo({ onionSeeds })).toThrow('onion key of another');
    const [one = '', two = ''] = CIRCUIT_VECTOR.statements;
    expect(changedTo({ onionSeeds, statements: [two, one] })).toThrow('forged');
    const statements = [one.replace('0000000', '0000001'), two];
    expect(changedTo({ statements })).toThrow('statement unsigned');
  });

  test('§1, §9.2: an order with anything in its zeros', () => {
    const order = Buffer.alloc(400).fill(1, 0, 1);
    expect(readOrder(order).index).toBe(1);
    for (const at of [1, 2, 3, 34, 35, 399]) {
      expect(() => readOrder(Buffer.from(order).fill(2, at, at + 1))).toThrow(/padding|order/);
    }
  });

  test.each([
    ['0300010000', 'message of another length'],
    ['02000100010a', 'message of another length'],
    ['07000100010a', 'message of another type'],
    ['03000100060a', 'message over the end'],
    ['0400010000000001', 'padding'],
    ['0400010000040001', 'padding'],
  ])('§10.1: %s', (hex, reason) => {
    expect(() => readMessages(fromHex(hex))).toThrow(reason);
  });
});

function changedTo(change: Partial<Vector>) {
  return () => decode({ ...CIRCUIT_VECTOR, ...change });
}

/** Opens a circuit whole: the onion hop by hop, the answer as the client does, and the cells in their order. */
function decode(vector: Vector) {
  const create = fromHex(vector.create);
  let onion = create.subarray(1);
  const hops = vector.statements.map((statement, at) => {
    const { nodeId, onionKey, prologue } = readStatement(fromHex(statement));
    const [key, ephemeral] = [kemKey(vector.onionSeeds[at]), kemKey(vector.ephemeralSeeds[at])];
    must(key.publicKey.equals(onionKey), 'onion key of another');
    must(onion.length === 16_378 - 2752 * at, 'onion of another length');
    const first = readFirst(prologue, key, onion);
    must(ephemeral.publicKey.equals(first.ephemeral), 'ephemeral key of another');
    const order = readOrder(first.payload.subarray(0, 400));
    must(order.index === (create[0] ?? 0) + at, 'index of another');
    onion = first.payload.subarray(400);
    return { order: { nodeId, ...order }, state: first, ephemeral };
  });
  let answer = fromHex(vector.created);
  const layers = hops.map(({ state, ephemeral }, at) => {
    must(answer.length === 8187 - 1137 * at, 'answer of another length');
    const { payload, ...chains } = readSecond(state, ephemeral, answer);
    answer = payload.subarray(1);
    return { ...chains, status: payload[0] };
  });
  must(isZero(answer), 'padding');
  const forward = layers.map((layer) => layer.forward);
  const backward = layers.map((layer) => layer.backward);
  return {
    orders: hops.map(({ order }) => order),
    early: readMessages(onion),
    statuses: layers.map(({ status }) => status),
    forward: vector.forward.map((cell) => openCell(forward, fromHex(cell))),
    backward: openCell(backward, fromHex(vector.backward)),
  };
}

/** §9.4: opens every layer of a small cell as far as the hop that it is for or from, which must be the last. */
function openCell(chains: readonly Chain[], cell: Buffer) {
  const flags: number[] = [];
  let inner = cell;
  for (const chain of chains) {
    must(inner.length === 507 - 17 * flags.length, 'cell of another length');
    const plain = open(chain.key, chain.counter, inner, NOTHING);
    chain.counter += 1;
    const flag = plain.readUInt8(0);
    must(flag <= (HERE | REKEY), 'flags');
    flags.push(flag);
    inner = plain.subarray(1);
    if (flag & REKEY) Object.assign(chain, chainOf(chain.next));
    must(Boolean(flag & HERE) === (flags.length === chains.length), 'cell for another');
  }
  return { flags, messages: readMessages(inner) };
}

/** §10.1. */
function readMessages(octets: Buffer): Message[] {
  const messages: Message[] = [];
  let rest = octets;
  while (rest.length >= 5 && rest[0] !== 0) {
    const type = rest.readUInt8(0);
    const body = rest.subarray(5, 5 + rest.readUInt16BE(3));
    must(type < NAMES.length, 'message of another type');
    must(body.length === rest.readUInt16BE(3), 'message over the end');
    const [least = 0, most = 0] = [LEAST[type], MOST[type]];
    must(body.length >= least && body.length <= most, 'message of another length');
    messages.push([NAMES[type] ?? '', rest.readUInt16BE(1), body]);
    rest = rest.subarray(5 + body.length);
  }
  must(isZero(rest), 'padding');
  return messages;
}

/** §9.2. */
function readOrder(octets: Buffer) {
  const [index = 0, command = 0, kind = 0] = octets;
  const next = octets.subarray(3, 35);
  must(kind === 0 && command <= 1 && (command === 1 || isZero(next)), 'order of another kind');
  must(isZero(octets.subarray(35)), 'padding');
  return { index, command, next: next.toString('hex') };
}

/** §2.1, §2.2, and the prologue of §9.2. */
function readStatement(all: Buffer) {
  const [identityKey, signingKey] = [all.subarray(1, 33), all.subarray(33, 65)];
  checkSigned(identityKey, 'certificate', all.subarray(0, 133));
  checkSigned(signingKey, 'statement', all);
  const id = hash('sha256', Buffer.from('spn-node-id-v1'), identityKey);
  const prologue = Buffer.concat([Buffer.from('spn-circuit-v1'), id, hash('sha256', all)]);
  return { nodeId: id.toString('hex'), onionKey: all.subarray(1358, 2574), prologue };
}

/** The last 64 octets sign what stands before them, as a certificate or as a statement. */
function checkSigned(signer: Buffer, what: string, all: Buffer): void {
  const said = Buffer.concat([Buffer.from(`spn-${what}-v1`), all.subarray(0, -64)]);
  const key = publicKey('ed25519', signer);
  must(node.verify(null, said, key, all.subarray(-64)), `${what} unsigned`);
}

/** §3.1: the first message, read with the hop's onion key. */
function readFirst(prologue: Buffer, key: KemKey, message: Buffer) {
  const name = Buffer.alloc(32);
  name.write('Noise_pqNK_XWing_AESGCM_SHA256');
  const text = message.subarray(0, 1120);
  const ephemeral = message.subarray(1120, 2336);
  const sealed = message.subarray(2336);
  let h = [prologue, key.publicKey, text].reduce((all, one) => hash('sha256', all, one), name);
  const [chain, mixed, cipherKey] = hkdf(name, decaps(key, text));
  h = hash('sha256', hash('sha256', h, mixed), ephemeral);
  return { payload: open(cipherKey, 0, sealed, h), h: hash('sha256', h, sealed), chain, ephemeral };
}

/** §3.1: the second message, read with the client's ephemeral key; then Split, which gives the chains of §9.4. */
function readSecond(state: { h: Buffer; chain: Buffer }, key: KemKey, message: Buffer) {
  const text = message.subarray(0, 1120);
  const [chain, cipherKey] = hkdf(state.chain, decaps(key, text));
  const payload = open(cipherKey, 0, message.subarray(1120), hash('sha256', state.h, text));
  const [forward, backward] = hkdf(chain, NOTHING);
  return { payload, forward: chainOf(forward), backward: chainOf(backward) };
}

/** §5.3 with the label of §9.4. */
function chainOf(secret: Buffer): Chain {
  const hmac = (data: Buffer) => node.createHmac('sha256', secret).update(data).digest();
  const next = hmac(Buffer.from('spn circuit key\x01'));
  return { next, key: hmac(Buffer.concat([next, Buffer.from('spn circuit key\x02')])), counter: 0 };
}

/** §1.1: the key of a seed. */
function kemKey(seed = ''): KemKey {
  const wide = node.createHash('shake256', { outputLength: 96 }).update(fromHex(seed)).digest();
  const [a, b] = [wide.subarray(0, 64), wide.subarray(64)];
  const ml = node.createPrivateKey({ format: 'raw-seed', asymmetricKeyType: 'ml-kem-768', key: a });
  const dh = node.createPrivateKey({ format: 'raw-private', asymmetricKeyType: 'x25519', key: b });
  const halves = [ml, dh].map((key) => node.createPublicKey(key).export({ format: 'raw-public' }));
  return { publicKey: Buffer.concat(halves), ml, dh };
}

/** §1.1: the shared secret of a ciphertext. */
function decaps(key: KemKey, text: Buffer): Buffer {
  const [cipher, theirs] = [text.subarray(0, 1088), text.subarray(1088)];
  const ephemeral = publicKey('x25519', theirs);
  const one = node.decapsulate(key.ml, cipher);
  const two = node.diffieHellman({ privateKey: key.dh, publicKey: ephemeral });
  const label = Buffer.from('5c2e2f2f5e5c', 'hex');
  return hash('sha3-256', one, two, theirs, key.publicKey.subarray(1184), label);
}

function publicKey(asymmetricKeyType: 'ed25519' | 'x25519', key: Buffer): node.KeyObject {
  return node.createPublicKey({ format: 'raw-public', asymmetricKeyType, key });
}

/** §1: opens what was sealed, or refuses it. */
function open(key: Buffer, counter: number, sealed: Buffer, said: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(counter, 8);
  const cipher = node.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(said).setAuthTag(sealed.subarray(-16));
  const plain = cipher.update(sealed.subarray(0, -16));
  try {
    return Buffer.concat([plain, cipher.final()]);
  } catch {
    throw new Error('forged');
  }
}

/** HKDF as Noise has it (section 4.3), three outputs. */
function hkdf(salt: Buffer, input: Buffer): [Buffer, Buffer, Buffer] {
  const all = Buffer.from(node.hkdfSync('sha256', input, salt, NOTHING, 96));
  return [all.subarray(0, 32), all.subarray(32, 64), all.subarray(64)];
}

function hash(name: string, ...parts: readonly Buffer[]): Buffer {
  return node.createHash(name).update(Buffer.concat(parts)).digest();
}

function must(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new Error(reason);
}
