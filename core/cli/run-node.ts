import { epochOf, makeIdentity, nodeIdOf } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { RelayNode, SNAPSHOT_DOCUMENT } from '#core/node/mod.ts';
import {
  NodeHost,
  readKeyFile,
  StopRequest,
  UserFault,
  watchOwnNetworks,
} from '#core/platform/mod.ts';
import { encodeStatement, formatEndpoint } from '#core/wire/mod.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import { LEAVE_MS, SIGNING_KEY_EPOCHS, SNAPSHOT_MAX } from '../base/limits.ts';
import { readAnchors } from './anchors.ts';
import { say } from './command-line.ts';
import { createDataFolder, identityFileOf, occupy, storeFolderOf } from './data-folder.ts';
import { listenFault, storeFault } from './exit.ts';
import { FollowedFile } from './follow-file.ts';
import { MapNews } from './map-news.ts';
import type { NodePlan } from './plan.ts';
import { programSuite } from './program-suite.ts';
import { readTrust } from './trust-source.ts';

const SEED_LEN = 32;
/** Milliseconds between looks at what is left while leaving. */
const LOOK_MS = 50;

/** Makes a data folder with a new identity; answers the node's id in hex. Throws UserFault. */
export function initNode(dir: string): string {
  const suite = createNativeSuite();
  const seed = crypto.getRandomValues(new Uint8Array(SEED_LEN));
  const signer = suite.signer(seed);
  createDataFolder(dir, seed);
  seed.fill(0);
  const id = toHex(nodeIdOf(suite, signer.publicKey));
  signer.destroy();
  return id;
}

/** Runs a node until somebody asks it to stop. Throws UserFault and RunFault, with nothing left behind. */
export async function runNode(plan: NodePlan): Promise<void> {
  // Everything that can be wrong with what we were given comes before anything is touched.
  const trust = readTrust(plan.trust);
  const upstream =
    plan.resolver === undefined
      ? undefined
      : {
          at: plan.resolver.at,
          name: plan.resolver.name,
          anchorsPem: readAnchors(plan.resolver.anchorsFile),
        };
  const identitySeed = readKeyFile(identityFileOf(plan.dir));
  const vacate = occupy(plan.dir);
  try {
    await new NodeRun(plan).run({ trust, identitySeed, ...(upstream && { exit: { upstream } }) });
  } finally {
    vacate();
  }
}

type Given = Pick<ConstructorParameters<typeof RelayNode>[0], 'trust' | 'exit'> & {
  readonly identitySeed: Uint8Array;
};

/** One run: a root on its host, the file it follows, and who asks it to stop. */
class NodeRun {
  readonly #plan: NodePlan;
  readonly #news = new MapNews();
  readonly #failed: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  #isLeaving = false;

  constructor(plan: NodePlan) {
    this.#plan = plan;
  }

  async run(given: Given): Promise<void> {
    const stop = new StopRequest({ eof: this.#plan.stopsAtEof, parent: false });
    let host: NodeHost | undefined;
    let file: FollowedFile | undefined;
    try {
      let node: RelayNode | undefined;
      const made = new NodeHost(
        (env) => {
          node = this.#makeRoot(given, env);
          return node;
        },
        { storeFolder: storeFolderOf(this.#plan.dir) },
      );
      host = made;
      file = new FollowedFile(this.#plan.snapshotFile, SNAPSHOT_MAX, {
        changed: (bytes) => made.document(SNAPSHOT_DOCUMENT, bytes),
        missing: (reason) => say(`waiting for ${this.#plan.snapshotFile}: ${reason}`),
      });
      const why = await Promise.race([stop.asked, this.#failed.promise]);
      if (node !== undefined) await this.#leave(made, node, stop, why);
    } finally {
      this.#isLeaving = true;
      file?.stop();
      await host?.stop();
      stop.release();
    }
    say('stopped');
  }

  #makeRoot(
    { identitySeed, ...given }: Given,
    env: Pick<ConstructorParameters<typeof RelayNode>[0], 'random' | 'store'>,
  ): RelayNode {
    const suite = programSuite();
    const lastEpoch = epochOf(Date.now()) + SIGNING_KEY_EPOCHS;
    const identity = makeIdentity(suite, env.random, identitySeed, lastEpoch);
    const id = nodeIdOf(suite, identity.certificate.identityKey);
    say(`node: ${toHex(id)}${given.exit === undefined ? '' : ', exit'}`);
    const node: RelayNode = new RelayNode({
      suite,
      ...env,
      ...given,
      identity,
      listen: this.#plan.listen,
      ownNetworks: watchOwnNetworks(),
      user: {
        listening: (_nowUs, at) => say(`listening: ${formatEndpoint(at)}`),
        notListening: (_nowUs, cause) => {
          if (!this.#isLeaving) this.#failed.reject(listenFault(this.#plan.listen, cause));
        },
        notCounted: (_nowUs, reason) =>
          this.#failed.reject(storeFault(storeFolderOf(this.#plan.dir), reason)),
        stated: (_nowUs, { epoch, boot }) => say(`keys: epoch ${epoch}, start ${boot}`),
        mapped: (_nowUs, snapshot, reject) => {
          const own = snapshot?.byId(id)?.statement;
          const { statement } = node;
          const isListed =
            own !== undefined &&
            statement !== undefined &&
            equalBytes(encodeStatement(own), encodeStatement(statement));
          const lines = this.#news.lines(snapshot, reject, isListed);
          if (this.#news.isStillborn)
            this.#failed.reject(new UserFault(`${lines.at(-1)} (${this.#plan.snapshotFile})`));
          else for (const line of lines) say(line);
        },
      },
    });
    return node;
  }

  /** Lets circuits and connections come to their end for a while. */
  async #leave(host: NodeHost, node: RelayNode, stop: StopRequest, why: string): Promise<void> {
    this.#isLeaving = true;
    node.leave();
    host.turn();
    const { circuits } = node.relay;
    const connections = node.unfinished - circuits;
    if (node.unfinished > 0)
      say(`stopping (${why}): waiting for ${circuits} circuits, ${connections} connections to end`);
    let isUrgent = false;
    void stop.askedAgain.then(() => {
      isUrgent = true;
    });
    const endMs = performance.now() + LEAVE_MS;
    while (node.unfinished > 0 && !isUrgent && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
