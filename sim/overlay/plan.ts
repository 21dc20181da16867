import type { Fault, Phases, Swarm } from '../faults/mod.ts';
import type { DelayPair } from '../geography/mod.ts';
import type { StreamsPlan } from '../host-options.ts';
import type { Dependence, WirePlan } from '../network/mod.ts';
import type { TrafficPlan } from '../traffic/mod.ts';
import type { VisitPlan } from './visit.ts';

// A multi-hop network as data: who is there, how far, who visits what, what goes wrong. Whole numbers throughout.

/** How a host hangs on the internet: its link to the core, and back. Where it says nothing else 512 KiB may wait. */
export type Attachment = WirePlan &
  StreamsPlan & {
    readonly name: string;
    readonly ip: string;
    /** Where it hangs on the backbone of the plan; needed if there is one. */
    readonly site?: string;
  };

export type NodePlan = Attachment & {
  readonly owner: string;
  readonly asNumber: number;
  readonly country: string;
  readonly isExit: boolean;
  readonly weight: number;
};

/** A box that translates addresses (NatOptions say what it does), by the text of its outside address. */
export type NatPlan = {
  readonly ip: string;
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  readonly preservesPorts?: boolean;
  /** Outside ports, the first and the last. */
  readonly ports?: readonly [number, number];
};

/**
 * A person's computer: the client, and a browser on it, behind a Wi-Fi and an internet provider. With `nat` the Wi-Fi's
 * router is such a box, and `ip` an inside address, which nobody else in the world may have.
 */
export type ClientPlan = Attachment & { readonly hops: number; readonly nat?: NatPlan };

export type WebsitePlan = Attachment & { readonly hosts: readonly string[] };

export type OverlayPlan = {
  readonly nodes: readonly NodePlan[];
  readonly clients: readonly ClientPlan[];
  readonly websites: readonly WebsitePlan[];
  readonly resolver: Attachment;
  /** Sites of the internet and the ways between them. Default: one core, nowhere. */
  readonly backbone?: readonly DelayPair[];
  /** By name of the client whose browser makes the visit. */
  readonly visits: readonly (VisitPlan & { readonly client: string })[];
  /** What comes to more visits, drawn from the world's seed. */
  readonly traffic?: readonly TrafficPlan[];
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
