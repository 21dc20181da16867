import type { CertificateTrouble, DnsTrouble, Ground } from '../faults/mod.ts';
import type { SimHost } from '../host.ts';
import type { WriteFate } from '../machine-disk.ts';
import type { Exit, Link, Network } from '../network/mod.ts';

/** What faults happen to where programs talk over one hop: hosts and links, and nothing with a certificate. */
export class FlowGround implements Ground {
  readonly network: Network;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly links: ReadonlyMap<string, Link>;
  readonly nats: ReadonlyMap<string, { rebind(): void }> = new Map();
  readonly certificates: Map<string, CertificateTrouble> | undefined;
  dnsTrouble: DnsTrouble | undefined;
  readonly #start: (host: string) => void;

  /** `start` starts a host's program. */
  constructor(
    network: Network,
    hosts: ReadonlyMap<string, SimHost>,
    links: ReadonlyMap<string, Link>,
    start: (host: string) => void,
  ) {
    this.network = network;
    this.hosts = hosts;
    this.links = links;
    this.#start = start;
  }

  whoIs(name: string): string {
    return name;
  }

  crash(host: string, exit: Exit, fate: WriteFate | undefined): void {
    this.hosts.get(host)?.stop(exit, fate);
  }

  restart(host: string): void {
    this.#start(host);
  }

  moved(): void {
    // Whoever dials goes by what it was told at the start.
  }
}
