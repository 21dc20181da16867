import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '#core/base/bytes.ts';
import type { Signer } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { encodeSnapshot, type NodeDraft } from '#core/directory/mod.ts';

const HOUR_MS = 3_600_000;
const VALID_MS: number = 24 * HOUR_MS;

/** The one steward of a test network: its key is made for one run, lives in memory and vouches for nothing real. */
export class TestSteward {
  readonly snapshotFile: string;
  readonly trustFile: string;
  /** Of the last snapshot. */
  serial = 0;
  readonly #suite = createNativeSuite();
  readonly #signer: Signer;
  #signedMs = 0;

  /** Writes the trust file into the folder; the snapshot will lie beside it. */
  constructor(folder: string) {
    this.snapshotFile = join(folder, 'snapshot');
    this.trustFile = join(folder, 'trust.json');
    const seed = crypto.getRandomValues(new Uint8Array(32));
    this.#signer = this.#suite.signer(seed);
    seed.fill(0);
    const trust = { threshold: 1, keys: [toHex(this.#signer.publicKey)] };
    replaceFile(this.trustFile, `${JSON.stringify(trust)}\n`);
  }

  /** The last snapshot has less than half of its time left. */
  get isDue(): boolean {
    return Date.now() - this.#signedMs > VALID_MS / 2;
  }

  /** Signs a map of these nodes, at least one, marked as a test network, and puts it in the place of the last. */
  sign(nodes: readonly NodeDraft[]): void {
    this.#signedMs = Date.now();
    this.serial += 1;
    const draft = {
      isTest: true,
      serial: this.serial,
      validFromMs: this.#signedMs - HOUR_MS,
      validUntilMs: this.#signedMs + VALID_MS,
      nodes,
    };
    replaceFile(this.snapshotFile, encodeSnapshot(this.#suite, draft, [this.#signer]));
  }
}

/** Nobody ever reads half of it. */
function replaceFile(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}~`, content);
  renameSync(`${path}~`, path);
}
