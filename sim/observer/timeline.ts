import type { Network, Pipe } from '../network/mod.ts';

/** When packets went from one address to another, as seen where they left. */
export class Timeline {
  readonly #sent = new Map<string, { readonly timesNs: number[]; readonly payloads: number[] }>();

  watch(network: Network, pipe: Pipe): void {
    network.tapPipe(pipe, (seen) => {
      const key = `${seen.fromText}>${seen.toText}`;
      const log = this.#sent.get(key) ?? { timesNs: [], payloads: [] };
      this.#sent.set(key, log);
      log.timesNs.push(seen.timeNs);
      log.payloads.push(seen.end - seen.start);
    });
  }

  /** When (ms) the first packet with so much payload went from `from` to `to` at or after `sinceMs`, if one did. */
  next(from: string, to: string, sinceMs: number, payloadMin: number): number | undefined {
    const log = this.#sent.get(`${from}>${to}`);
    const at = log?.timesNs.findIndex(
      (timeNs, i) => timeNs / 1e6 >= sinceMs && (log.payloads[i] as number) >= payloadMin,
    );
    return at === undefined || at < 0 ? undefined : (log?.timesNs[at] as number) / 1e6;
  }
}
