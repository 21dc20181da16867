import type { Suite } from './suite.ts';

// A suite that remembers every secret that passed through it, and every key that was not destroyed. For tests only.

/** Names of what is left in memory of a suite's secrets; the octets are held by reference, so a wipe shows. */
export class Recorder {
  readonly suite: Suite;
  readonly #secrets: { readonly what: string; readonly octets: Uint8Array }[] = [];
  readonly #alive = new Map<object, string>();

  constructor(inner: Suite) {
    this.suite = {
      ...inner,
      aead: (key) => this.#keep('AEAD key', inner.aead(this.#note('octets of an AEAD key', key))),
      hmac: (key, ...parts) =>
        this.#note('HMAC output', inner.hmac(this.#note('HMAC key', key), ...parts)),
      signer: (seed) => this.#keep('signer', inner.signer(this.#note('seed of a signer', seed))),
      kemSecret: (seed) => {
        const secret = inner.kemSecret(this.#note('seed of a KEM key', seed));
        return this.#keep('KEM key', {
          publicKey: secret.publicKey,
          decapsulate: (ciphertext) => {
            const shared = secret.decapsulate(ciphertext);
            return shared === undefined ? undefined : this.#note('secret decapsulated', shared);
          },
          destroy: () => secret.destroy(),
        });
      },
      encapsulate: (publicKey, random) => {
        const sent = inner.encapsulate(publicKey, random);
        if (sent !== undefined) this.#note('secret encapsulated', sent.shared);
        return sent;
      },
    };
  }

  /** Keys alive, and secrets whose octets are not zero. */
  get left(): readonly string[] {
    const octets = this.#secrets.filter((secret) => secret.octets.some((octet) => octet !== 0));
    return [...this.#alive.values(), ...octets.map(({ what }) => what)].sort();
  }

  /** How many secrets there were. */
  get seen(): number {
    return this.#secrets.length;
  }

  #note(what: string, octets: Uint8Array): Uint8Array {
    this.#secrets.push({ what, octets });
    return octets;
  }

  /** Counts a key until it is destroyed, as often as one likes. */
  #keep<Key extends { destroy(): void }>(what: string, key: Key): Key {
    this.#alive.set(key, what);
    const destroy = key.destroy.bind(key);
    key.destroy = () => {
      this.#alive.delete(key);
      destroy();
    };
    return key;
  }
}
