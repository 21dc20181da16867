import { makeIdentity, nodeIdOf, type Suite } from '#core/crypto/mod.ts';
import type { Endpoint, Random, Root } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { LinkNode } from '#core/node/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import type { Flow } from './flow.ts';
import { FlowApp } from './flow-app.ts';
import { PlainRoot } from './plain-root.ts';

/** What the flows run over. */
export type Arrangement = 'links' | 'plain';

/** How an answering host is reached, once it listens. */
export type Contact = {
  readonly endpoint: Endpoint;
  /** Where that host surely does not listen. */
  readonly refusing: Endpoint;
  readonly node: { readonly id: Uint8Array; readonly statement: Statement } | undefined;
};

/** A root with the flows of one host on it. */
export type Inhabitant = {
  readonly root: Root;
  readonly app: FlowApp;
  /** Counted refusals by reason; empty for plain streams. */
  rejects(): { readonly [reason: string]: number };
  /** What others need to dial this host; undefined until it listens. */
  contact(ip: Uint8Array): Contact | undefined;
};

export type InhabitantOptions = {
  readonly arrangement: Arrangement;
  readonly name: string;
  readonly flows: readonly Flow[];
  readonly suite: Suite;
  readonly random: Random;
  /** Absent for a host that only dials. */
  readonly listen?: Endpoint;
  readonly contacts: ReadonlyMap<string, Contact>;
};

/** Nothing in any arrangement listens on the discard port. */
const REFUSING_PORT = 9;
/** Certificates of a run last as long as the run can: 2^32 - 2 epochs. */
const LAST_EPOCH = 0xffff_fffe;

/** Builds the root of one host. The simulator and the binary's lab call this one function. */
export function inhabit(options: InhabitantOptions): Inhabitant {
  return options.arrangement === 'links' ? inhabitLinks(options) : inhabitPlain(options);
}

function inhabitPlain(options: InhabitantOptions): Inhabitant {
  let app: FlowApp | undefined;
  const root = new PlainRoot(options.listen, (port) => {
    app = new FlowApp(options.name, options.flows, {
      dial: (_nowUs, flow) => port.dial(endpointFor(flow, options.contacts)),
      wake: (id) => port.wake(id),
      abort: (id) => port.abort(id),
    });
    return app;
  });
  const made = app as unknown as FlowApp;
  return { root, app: made, rejects: () => ({}), contact: (ip) => contactOf(made, ip, undefined) };
}

function inhabitLinks(options: InhabitantOptions): Inhabitant {
  const { suite, random, listen } = options;
  let app: FlowApp | undefined;
  const user = (port: LinkPort): FlowApp => {
    app = new FlowApp(options.name, options.flows, {
      dial: (nowUs, flow) => {
        const node = options.contacts.get(flow.to)?.node;
        if (node === undefined) return -1;
        return port.dial(nowUs, endpointFor(flow, options.contacts), node.id, node.statement);
      },
      wake: (id) => port.wake(id),
      abort: (id) => port.abort(id),
    });
    return app;
  };
  const seed = new Uint8Array(32);
  random.fill(seed);
  const identity = listen === undefined ? undefined : makeIdentity(suite, random, seed, LAST_EPOCH);
  const root = new LinkNode({
    suite,
    random,
    ...(identity === undefined ? {} : { identity }),
    ...(listen === undefined ? {} : { listen }),
    user,
  });
  const made = app as unknown as FlowApp;
  return {
    root,
    app: made,
    rejects: () => root.links.rejects.toJSON(),
    contact: (ip) => contactOf(made, ip, root.statement && nodeOf(suite, root.statement)),
  };
}

function endpointFor(flow: Flow, contacts: ReadonlyMap<string, Contact>): Endpoint {
  const contact = contacts.get(flow.to);
  if (contact === undefined)
    throw new Error(`flow ${flow.id} dials ${flow.to}, which does not listen`);
  return flow.ending === 'refused' ? contact.refusing : contact.endpoint;
}

function contactOf(app: FlowApp, ip: Uint8Array, node: Contact['node']): Contact | undefined {
  if (app.listening === undefined) return undefined;
  const endpoint = { ip, port: app.listening.port };
  return { endpoint, refusing: { ip, port: REFUSING_PORT }, node };
}

function nodeOf(suite: Suite, statement: Statement): NonNullable<Contact['node']> {
  return { id: nodeIdOf(suite, statement.certificate.identityKey), statement };
}
