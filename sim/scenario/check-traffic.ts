import { frozen } from '#core/base/frozen.ts';
import type { Ranges } from '../network/mod.ts';
import { HEAVY_RANGES, type HeavyTail, OBJECTS_MAX, type TrafficKind } from '../traffic/mod.ts';
import { LIMIT_MS_MAX, OCTETS_MAX } from './check-parts.ts';
import type { FieldCheck } from './field-check.ts';

// What people do: who, what, with whom, how often, how much.

/** Whom traffic of a plan may name, and what he may do there. */
export type TrafficScope = {
  readonly kinds: readonly TrafficKind[];
  readonly users: readonly string[];
  /** What a user is, in words. */
  readonly user: string;
  readonly hosts: readonly string[];
  readonly host: string;
};

/** As data may have it, that is: any. */
type Written = {
  readonly kind: string;
  readonly user: string;
  readonly hosts: readonly string[];
  readonly object?: HeavyTail;
  readonly file?: HeavyTail;
};

/** Pages of one kind are told apart by five digits. */
const COUNT_MAX = 99_999;
const TALK_MS_MAX = 3_600_000;
const TALK: Ranges = frozen({ forMs: [0, TALK_MS_MAX] });
const COMMON: Ranges = frozen({
  startMs: [0, LIMIT_MS_MAX],
  count: [0, COUNT_MAX],
  gapMs: [0, LIMIT_MS_MAX],
});
/** Numbers of a kind beside those of all. */
const RANGES: { readonly [kind in TrafficKind]: Ranges } = frozen({
  web: {},
  bulk: { upPpm: [0, 1_000_000] },
  dns: {},
  call: TALK,
  game: TALK,
});

/** Each user does each kind once: that is what his streams and his pages are told apart by. */
export function checkTraffic(
  check: FieldCheck,
  traffic: readonly Written[] | undefined,
  scope: TrafficScope,
): void {
  const seen = new Map<string, string>();
  for (const [i, one] of (traffic ?? []).entries()) {
    const at = `traffic[${i}].`;
    const { kind, user, hosts } = one;
    check.word(`${at}kind`, kind, scope.kinds);
    check.known(`${at}user`, user, scope.users, scope.user);
    check.unique(`${at}kind`, `${user} ${kind}`, seen);
    check.holds(hosts.length > 0, `${at}hosts`, 'at least one host', hosts.join());
    for (const [j, host] of hosts.entries())
      check.known(`${at}hosts[${j}]`, host, scope.hosts, scope.host);
    if (!Object.hasOwn(RANGES, kind)) continue;
    const ranges = { ...COMMON, ...RANGES[kind as TrafficKind] };
    check.ranges(at, one, ranges, Object.keys(ranges));
    if (kind === 'web') checkSizes(check, `${at}object`, one.object, OBJECTS_MAX);
    if (kind === 'bulk') checkSizes(check, `${at}file`, one.file, 1);
  }
}

/** Sizes of which so many together are one answer. */
function checkSizes(
  check: FieldCheck,
  path: string,
  sizes: HeavyTail | undefined,
  together: number,
): void {
  check.ranges(`${path}.`, { ...sizes }, HEAVY_RANGES, Object.keys(HEAVY_RANGES));
  const { least = 0, span = 0 } = sizes ?? {};
  const most = together * least * span * span * span;
  check.holds(most <= OCTETS_MAX, path, `of at most ${OCTETS_MAX} octets an answer`, most);
}
