import type { Snapshot } from '#core/directory/mod.ts';
import type { MapReject } from '#core/node/mod.ts';
import { mapLine, refusalLine, TEST_NETWORK_LINE } from './snapshot-lines.ts';

/** What there is to say when a map was judged, or judged again: what was said last is not said twice. */
export class MapNews {
  #map = '';
  #refusal = '';
  #hadOne = false;
  #hasOne = false;
  #isTestSaid = false;

  /** True when the first map ever offered was refused: there is nothing to go by. */
  get isStillborn(): boolean {
    return !this.#hadOne && this.#refusal !== '';
  }

  /** `isListed` as in mapLine. */
  lines(
    snapshot: Snapshot | undefined,
    reject: MapReject | undefined,
    isListed?: boolean,
  ): readonly string[] {
    const lines: string[] = [];
    const refusal = reject === undefined ? '' : refusalLine(reject);
    if (refusal !== '' && refusal !== this.#refusal) lines.push(refusal);
    this.#refusal = refusal;
    const map = snapshot === undefined ? '' : mapLine(snapshot, isListed);
    if (map !== '' && map !== this.#map) lines.push(map);
    if (map === '' && this.#hasOne) lines.push('snapshot: none is valid any more');
    this.#map = map;
    this.#hasOne = map !== '';
    this.#hadOne ||= this.#hasOne;
    if (snapshot?.isTest === true && !this.#isTestSaid) lines.push(TEST_NETWORK_LINE);
    this.#isTestSaid = snapshot?.isTest ?? this.#isTestSaid;
    return lines;
  }
}
