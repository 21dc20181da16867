import type { Fault, Phases, Swarm } from '../faults/mod.ts';
import type { VisitPlan } from './visit.ts';

// A multi-hop network as data: who is there, how far, who visits what, what goes wrong. Whole numbers throughout.

/** How a host hangs on the internet. */
export type Attachment = {
  readonly name: string;
  readonly ip: string;
  /** One way, to the core. */
  readonly delayUs: number;
  /** Megabits per second; 0 is infinite. */
  readonly mbps: number;
};

export type NodePlan = Attachment & {
  readonly owner: string;
  readonly asNumber: number;
  readonly country: string;
  readonly isExit: boolean;
  readonly weight: number;
};

/** A person's computer: the client, and a browser on it, behind a Wi-Fi and an internet provider. */
export type ClientPlan = Attachment & { readonly hops: number };

export type WebsitePlan = Attachment & { readonly hosts: readonly string[] };

export type OverlayPlan = {
  readonly nodes: readonly NodePlan[];
  readonly clients: readonly ClientPlan[];
  readonly websites: readonly WebsitePlan[];
  readonly resolver: Attachment;
  /** By name of the client whose browser makes the visit. */
  readonly visits: readonly (VisitPlan & { readonly client: string })[];
  /** What goes wrong; milliseconds after the browsers start, as in `phases`. */
  readonly faults: readonly Fault[];
  readonly phases?: Phases;
  /** More faults, drawn from the seed. Wants phases. */
  readonly swarm?: Swarm;
  /** Milliseconds after the browsers start in which all is to be over. */
  readonly limitMs: number;
};

export const NODE_PORT = 9001;
export const PROXY_PORT = 1080;
export const DOT_PORT = 853;
export const WEB_PORT = 443;
export const RESOLVER_NAME = 'resolver.spn.test';
