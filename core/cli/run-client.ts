import type { Trust } from '#core/directory/mod.ts';
import type { Endpoint } from '#core/host/mod.ts';
import { ClientNode, SNAPSHOT_DOCUMENT } from '#core/node/mod.ts';
import { NodeHost, StopRequest, UserFault } from '#core/platform/mod.ts';
import { NO_PATH_LINE } from '#core/routing/mod.ts';
import { formatEndpoint } from '#core/wire/mod.ts';
import { SNAPSHOT_MAX } from '../base/limits.ts';
import { say } from './command-line.ts';
import { listenFault } from './exit.ts';
import { FollowedFile } from './follow-file.ts';
import { MapNews } from './map-news.ts';
import type { ClientPlan } from './plan.ts';
import { programSuite } from './program-suite.ts';
import { readTrust } from './trust-source.ts';

/** Runs the client until somebody asks it to stop. Throws UserFault and RunFault, with nothing left behind. */
export async function runClient(plan: ClientPlan): Promise<void> {
  await new ClientRun(plan).run(readTrust(plan.trust));
  say('stopped');
}

class ClientRun {
  readonly #plan: ClientPlan;
  readonly #news = new MapNews();
  readonly #failed: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  #at: Endpoint | undefined;
  #isReady = false;
  #complaint = '';
  #failures = 0;

  constructor(plan: ClientPlan) {
    this.#plan = plan;
  }

  async run(trust: Trust): Promise<void> {
    const stop = new StopRequest({ eof: this.#plan.stopsAtEof, parent: false });
    let host: NodeHost | undefined;
    let file: FollowedFile | undefined;
    try {
      // The client keeps nothing on disk.
      const made = new NodeHost(({ random }) => this.#makeRoot(trust, random), {});
      host = made;
      file = new FollowedFile(this.#plan.snapshotFile, SNAPSHOT_MAX, {
        changed: (bytes) => made.document(SNAPSHOT_DOCUMENT, bytes),
        missing: (reason) => say(`waiting for ${this.#plan.snapshotFile}: ${reason}`),
      });
      await Promise.race([stop.asked, this.#failed.promise]);
    } finally {
      file?.stop();
      await host?.stop();
      stop.release();
    }
  }

  #makeRoot(
    trust: Trust,
    random: ConstructorParameters<typeof ClientNode>[0]['random'],
  ): ClientNode {
    const { listen, hops } = this.#plan;
    const client: ClientNode = new ClientNode({
      suite: programSuite(),
      random,
      listen,
      trust,
      hops,
      user: {
        listening: (_nowUs, at) => {
          this.#at = at;
          this.#tell(client);
        },
        notListening: (_nowUs, cause) => this.#failed.reject(listenFault(listen, cause)),
        mapped: (_nowUs, snapshot, reject) => {
          const lines = this.#news.lines(snapshot, reject);
          if (this.#news.isStillborn)
            this.#failed.reject(new UserFault(`${lines.at(-1)} (${this.#plan.snapshotFile})`));
          else for (const line of lines) say(line);
          this.#tell(client);
        },
        changed: () => this.#tell(client),
      },
    });
    return client;
  }

  /** Where applications find us once there is a circuit, and why not when there is none. */
  #tell(client: ClientNode): void {
    const { ready, noPath, lastFailure, failures } = client.circuits;
    if (ready.length > 0) {
      if (this.#isReady || this.#at === undefined) return;
      this.#isReady = true;
      this.#complaint = '';
      say(`proxy: socks5h://${formatEndpoint(this.#at)}`);
      return;
    }
    this.#isReady = false;
    if (noPath !== undefined) this.#complain(NO_PATH_LINE[noPath.reason]);
    else if (lastFailure !== undefined && failures > this.#failures)
      this.#complain(
        lastFailure.hop === 0
          ? `the first node is gone or was never there (${lastFailure.cause}); trying on`
          : `node ${lastFailure.hop} of the path did not do its part (${lastFailure.cause}); trying on`,
      );
    this.#failures = failures;
  }

  #complain(why: string): void {
    if (why !== this.#complaint) say(`no circuit: ${why}`);
    this.#complaint = why;
  }
}
