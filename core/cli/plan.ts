import { resolve } from 'node:path';
import type { Trust } from '#core/directory/mod.ts';
import type { Endpoint } from '#core/host/mod.ts';
import { parseEndpoint, parseHost } from '#core/wire/mod.ts';
import { asciiBytes } from '../base/bytes.ts';
import { HOPS_MAX } from '../base/limits.ts';
import { type Fault, trustInKeys } from './trust.ts';

// From what was typed to what is to be done: pure. Nothing is read or opened here.

/** Where trust comes from. */
export type TrustSource = { readonly file: string } | { readonly trust: Trust };

/** What `spn-node run` was given. */
export type NodeOptions = {
  readonly dir: string;
  readonly listen: string;
  readonly snapshot: string;
  readonly exit?: true;
  readonly resolver?: string;
  readonly resolverCa?: string;
  readonly steward?: readonly string[];
  readonly trust?: string;
  readonly stopAtEof?: true;
};

export type NodePlan = {
  readonly dir: string;
  readonly listen: Endpoint;
  readonly snapshotFile: string;
  readonly trust: TrustSource;
  /** Absent for a node that is no exit. */
  readonly resolver?: {
    readonly at: Endpoint;
    readonly name: string;
    readonly anchorsFile: string;
  };
  readonly stopsAtEof: boolean;
};

/** What `spn run` was given. */
export type ClientOptions = {
  readonly listen: string;
  readonly snapshot: string;
  readonly hops: string;
  readonly steward?: readonly string[];
  readonly trust?: string;
  readonly stopAtEof?: true;
};

export type ClientPlan = {
  readonly listen: Endpoint;
  readonly snapshotFile: string;
  readonly trust: TrustSource;
  readonly hops: number;
  readonly stopsAtEof: boolean;
};

export function planNode(options: NodeOptions): NodePlan | Fault {
  const listen = parseEndpoint(options.listen);
  if (listen === undefined)
    return { fault: `--listen takes IP:PORT or [IP]:PORT, not "${options.listen}"` };
  const trust = planTrust(options);
  if ('fault' in trust) return trust;
  const resolver = planResolver(options);
  if (resolver !== undefined && 'fault' in resolver) return resolver;
  return {
    dir: resolve(options.dir),
    listen,
    snapshotFile: resolve(options.snapshot),
    trust,
    ...(resolver === undefined ? {} : { resolver }),
    stopsAtEof: options.stopAtEof === true,
  };
}

export function planClient(options: ClientOptions): ClientPlan | Fault {
  const listen = parseEndpoint(options.listen);
  if (listen === undefined)
    return { fault: `--listen takes IP:PORT or [IP]:PORT, not "${options.listen}"` };
  if (!isLoopback(listen.ip))
    return { fault: '--listen takes an address of this machine alone: others could use its proxy' };
  const hops = /^[0-9]$/.test(options.hops) ? Number(options.hops) : 0;
  if (hops < 1 || hops > HOPS_MAX)
    return { fault: `--hops takes a whole number from 1 to ${HOPS_MAX}, not "${options.hops}"` };
  const trust = planTrust(options);
  if ('fault' in trust) return trust;
  return {
    listen,
    snapshotFile: resolve(options.snapshot),
    trust,
    hops,
    stopsAtEof: options.stopAtEof === true,
  };
}

function planTrust({
  trust,
  steward,
}: {
  readonly trust?: string;
  readonly steward?: readonly string[];
}): TrustSource | Fault {
  if ((trust === undefined) === (steward === undefined))
    return { fault: 'either --trust FILE or --steward KEY... says whose snapshots count' };
  if (trust !== undefined) return { file: resolve(trust) };
  const read = trustInKeys(steward ?? []);
  return 'fault' in read ? { fault: `--steward: ${read.fault}` } : { trust: read };
}

function planResolver(options: NodeOptions): NodePlan['resolver'] | Fault {
  const { exit, resolver, resolverCa } = options;
  if (exit !== true) {
    if (resolver === undefined && resolverCa === undefined) return undefined;
    return { fault: '--resolver and --resolver-ca are for exits: add --exit, or leave them out' };
  }
  if (resolver === undefined || resolverCa === undefined)
    return { fault: '--exit needs --resolver tls://IP:PORT#NAME and --resolver-ca FILE' };
  const [, place = '', name = ''] = /^tls:\/\/([^#/?]+)#([ -~]+)$/.exec(resolver) ?? [];
  const at = parseEndpoint(place);
  const host = parseHost(asciiBytes(name));
  if (at === undefined || at.port === 0 || typeof host !== 'string')
    return { fault: `--resolver takes tls://IP:PORT#NAME, not "${resolver}"` };
  return { at, name: host, anchorsFile: resolve(resolverCa) };
}

function isLoopback(ip: Uint8Array): boolean {
  if (ip.length === 4) return ip[0] === 127;
  return ip.every((octet, i) => octet === (i === 15 ? 1 : 0));
}
