import type { TrafficPlan } from '../traffic/mod.ts';
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

/** What goes wrong, and when. A crash loses the machine's memory and connections at once. */
export type FaultPlan =
  | { readonly kind: 'crash'; readonly host: string; readonly atMs: number }
  /** Starts again what crashed, from its disk. */
  | { readonly kind: 'restart'; readonly host: string; readonly atMs: number };

export type OverlayPlan = {
  readonly nodes: readonly NodePlan[];
  readonly clients: readonly ClientPlan[];
  readonly websites: readonly WebsitePlan[];
  readonly resolver: Attachment;
  /** By name of the client whose browser makes the visit. */
  readonly visits: readonly (VisitPlan & { readonly client: string })[];
  /** What comes to more visits, drawn from the world's seed. */
  readonly traffic?: readonly TrafficPlan[];
  readonly faults: readonly FaultPlan[];
  /** Milliseconds after the browsers start in which all is to be over. */
  readonly limitMs: number;
};

export const NODE_PORT = 9001;
export const PROXY_PORT = 1080;
export const DOT_PORT = 853;
export const WEB_PORT = 443;
export const RESOLVER_NAME = 'resolver.spn.test';
