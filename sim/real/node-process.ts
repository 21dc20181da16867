import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { equalBytes } from '#core/base/bytes.ts';
import type { NodeDraft } from '#core/directory/mod.ts';
import { STATEMENT_KEY } from '#core/node/mod.ts';
import { createKeyFile, storedValue, UserFault } from '#core/platform/mod.ts';
import { decodeStatement, parseIp } from '#core/wire/mod.ts';
import { Child } from './child.ts';
import { type Command, pasteable } from './programs.ts';

const START_MS = 20_000;
/** Made as `spn-node init` would, without the wait for as many processes as there are nodes. */
const IDENTITY_FILE = 'identity.key';
const SEED_LEN = 32;
/** First of the AS numbers for private use (RFC 6996). Countries are XA to XZ, which are none (ISO 3166). */
const FIRST_AS = 64_512;
const LETTER_A = 65;

export type NodeSettings = {
  readonly program: Command;
  /** From 1. */
  readonly number: number;
  /** Above the node's own data folder. */
  readonly folder: string;
  readonly snapshotFile: string;
  readonly trustFile: string;
  /** What makes it an exit; empty for a node that is none. */
  readonly exitArgs: readonly string[];
};

/** One `spn-node` of a test network: of its own owner, AS, country and /16. */
export class NodeProcess {
  readonly name: string;
  readonly dir: string;
  readonly ip: string;
  readonly port: number;
  readonly child: Child;
  readonly #settings: NodeSettings;
  readonly #args: readonly string[];
  /** The statement it had when it ended: as long as it is the same, the node is not back. */
  #last: Uint8Array | undefined;

  private constructor(settings: NodeSettings, port: number, args: readonly string[]) {
    const { program, number, folder } = settings;
    this.name = `node-${number}`;
    this.dir = join(folder, this.name);
    this.ip = ipOf(number);
    this.port = port;
    this.#settings = settings;
    this.#args = args;
    this.child = new Child(this.name, program, [...args, '--stop-at-eof']);
  }

  /** Starts one, in the data folder it had before if there is one. Throws UserFault. */
  static async start(settings: NodeSettings): Promise<NodeProcess> {
    const { number, folder, snapshotFile, trustFile, exitArgs } = settings;
    const dir = join(folder, `node-${number}`);
    if (!existsSync(join(dir, IDENTITY_FILE))) {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const seed = crypto.getRandomValues(new Uint8Array(SEED_LEN));
      createKeyFile(join(dir, IDENTITY_FILE), seed);
      seed.fill(0);
    }
    const port = await freePort(ipOf(number));
    const args = ['run', '--dir', dir, '--listen', `${ipOf(number)}:${port}`];
    args.push('--snapshot', snapshotFile, '--trust', trustFile, ...exitArgs);
    return new NodeProcess(settings, port, args);
  }

  get isExit(): boolean {
    return this.#settings.exitArgs.length > 0;
  }

  /** Listens, and has a statement to be signed for. */
  async isReady(): Promise<void> {
    await this.child.line(/^listening: /, START_MS);
    const endMs = performance.now() + START_MS;
    while (this.statement === undefined) {
      if (!this.child.isRunning || performance.now() > endMs)
        throw new UserFault(`${this.name} has written no statement`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Goes by a map with itself in it: it extends circuits, and ends them if it is an exit. */
  async isMapped(): Promise<void> {
    await this.child.line(/^snapshot: .*, this one among them/, START_MS);
  }

  /** The octets it offers now; undefined when it has none, or ended and has not been started again. */
  get statement(): Uint8Array | undefined {
    const octets = storedValue(join(this.dir, 'store'), STATEMENT_KEY);
    if (octets === undefined) return undefined;
    if (this.child.isRunning) this.#last = octets;
    else if (this.#last !== undefined && equalBytes(octets, this.#last)) return undefined;
    return octets;
  }

  /** What a map says of it. */
  get draft(): NodeDraft | undefined {
    const { number } = this.#settings;
    const statement = decodeStatement(this.statement ?? new Uint8Array(0));
    const ip = parseIp(this.ip);
    if (statement === undefined || ip === undefined) return undefined;
    return {
      statement,
      ip,
      port: this.port,
      owner: `volunteer ${number}`,
      asNumber: FIRST_AS + number,
      country: `X${String.fromCharCode(LETTER_A + ((number - 1) % 26))}`,
      isExit: this.isExit,
      weight: 1,
    };
  }

  /** What starts it again by hand; then it is nobody's child. */
  get again(): string {
    return pasteable([...this.#settings.program, ...this.#args]);
  }
}

function ipOf(number: number): string {
  return `127.${number}.0.1`;
}

/** A port that nobody listens at now. */
function freePort(ip: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    const advice = 'this system has one loopback address; Linux and Windows have them all';
    server.on('error', (error: NodeJS.ErrnoException) =>
      reject(new UserFault(`cannot listen at ${ip} (${error.code}): ${advice}`)),
    );
    server.listen(0, ip, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
