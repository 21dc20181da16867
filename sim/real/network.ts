import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeDraft } from '#core/directory/mod.ts';
import { UserFault } from '#core/platform/mod.ts';
import { formatEndpoint } from '#core/wire/mod.ts';
import { RESOLVER_NAME, TEST_NETWORK_ANCHOR } from '#sim/overlay/mod.ts';
import { Child } from './child.ts';
import { NodeProcess } from './node-process.ts';
import type { Programs } from './programs.ts';
import { HelloPage, LoopbackResolver } from './services.ts';
import { TestSteward } from './steward.ts';

/** Milliseconds until a client has its first circuit, and between looks at the nodes' statements. */
const READY_MS = 30_000;
const LOOK_MS = 250;

export type RealNetworkOptions = {
  /** 3 at the least: a path has as many hops. Every second one is an exit. */
  readonly nodes: number;
  /** Empty, or of a network before: its nodes keep their identities. */
  readonly folder: string;
  readonly programs: Programs;
  /** What happened to whom, one line each. */
  readonly say: (line: string) => void;
};

/**
 * A network of real processes on this machine: nodes at 127.1.0.1, 127.2.0.1 and so on, one client, and in this
 * process a resolver, a page and the steward who signs the map. It starts nothing again that has ended.
 */
export class RealNetwork {
  readonly nodes: NodeProcess[] = [];
  readonly #options: RealNetworkOptions;
  #steward: TestSteward | undefined;
  #resolver: LoopbackResolver | undefined;
  #page: HelloPage | undefined;
  #client: Child | undefined;
  #watch: NodeJS.Timeout | undefined;
  #signed = '';
  #proxy = '';
  #starting: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: RealNetworkOptions) {
    this.#options = options;
  }

  /** Done when the client has a circuit. Throws UserFault, also when stopped meanwhile; `stop` is owed all the same. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** `127.0.0.1:PORT`. */
  get proxy(): string {
    return this.#proxy;
  }

  get client(): Child {
    return this.#client as Child;
  }

  /** A page that only an exit of this network finds. */
  get pageUrl(): string {
    return this.#page?.url ?? '';
  }

  get snapshotFile(): string {
    return this.#steward?.snapshotFile ?? '';
  }

  /** Of the map that was signed last. */
  get serial(): number {
    return this.#steward?.serial ?? 0;
  }

  /** Done when every process is gone. The client first, so that nodes have no circuits to wait for. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#stopChildren();
    // What was on its way to start has heard of it by its children's end, and may have started others meanwhile.
    await this.#starting?.catch(() => undefined);
    clearInterval(this.#watch);
    await this.#stopChildren();
    await Promise.all([this.#resolver?.stop(), this.#page?.stop()]);
  }

  async #stopChildren(): Promise<void> {
    await this.#client?.stop();
    await Promise.all(this.nodes.map(({ child }) => child.stop()));
  }

  async #start(): Promise<void> {
    const { nodes, folder, programs } = this.#options;
    const steward = new TestSteward(folder);
    this.#steward = steward;
    const { snapshotFile, trustFile } = steward;
    this.#resolver = await LoopbackResolver.start();
    this.#page = await HelloPage.start();
    const anchors = join(folder, 'resolver-ca.pem');
    writeFileSync(anchors, TEST_NETWORK_ANCHOR);
    const resolver = `tls://${formatEndpoint(this.#resolver.at)}#${RESOLVER_NAME}`;
    const exit = ['--exit', '--resolver', resolver, '--resolver-ca', anchors];
    const common = { program: programs.node, folder, snapshotFile, trustFile };
    // All of them, also when one fails: what starts late is stopped too.
    const started = await Promise.allSettled(
      Array.from({ length: nodes }, async (_, i) => {
        const exitArgs = i % 2 === 0 ? exit : [];
        this.#joined(await NodeProcess.start({ ...common, number: i + 1, exitArgs }));
      }),
    );
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await Promise.all(this.nodes.map((node) => node.isReady()));
    this.#sign(steward);
    this.#watch = setInterval(() => this.#sign(steward), LOOK_MS);
    await Promise.all(this.nodes.map((node) => node.isMapped()));
    await this.#startClient(snapshotFile, trustFile);
  }

  #joined(node: NodeProcess): void {
    this.nodes.push(node);
    this.#assertWanted();
    this.#ended(node.child, () => `start it again with: ${node.again}`);
  }

  #assertWanted(): void {
    if (this.#isStopping) throw new UserFault('stopped while it was starting');
  }

  async #startClient(snapshotFile: string, trustFile: string): Promise<void> {
    this.#assertWanted();
    const files = ['--snapshot', snapshotFile, '--trust', trustFile];
    const client = new Child('client', this.#options.programs.client, [
      'run',
      ...files,
      '--stop-at-eof',
    ]);
    this.#client = client;
    this.#ended(client, () => 'nothing goes through this network any more');
    const [, at = ''] = await client.line(/^proxy: socks5h:\/\/(\S+)$/, READY_MS);
    this.#proxy = at;
  }

  #ended(child: Child, then: () => string): void {
    void child.ended.then((how) => {
      if (!this.#isStopping)
        this.#options.say(
          `${child.name} ended (${how}: ${child.lines.at(-1) ?? 'not a word'}); ${then()}`,
        );
    });
  }

  /** Signs again when a node has other keys, has ended or is back, and before the last map expires. */
  #sign(steward: TestSteward): void {
    const drafts = this.nodes.flatMap(({ draft }): readonly NodeDraft[] =>
      draft === undefined ? [] : [draft],
    );
    const signed = drafts.map(({ statement, ip }) => `${ip} ${statement.signature}`).join('\n');
    if (this.#isStopping || drafts.length === 0 || (signed === this.#signed && !steward.isDue))
      return;
    this.#signed = signed;
    steward.sign(drafts);
    const exits = drafts.filter(({ isExit }) => isExit).length;
    this.#options.say(
      `snapshot ${steward.serial} signed: ${drafts.length} nodes, ${exits} of them exits; TEST NETWORK`,
    );
  }
}
