import {
  DNS_ADDRESSES_MAX,
  DNS_LOOKUP_US,
  DNS_NEGATIVE_TTL_MAX_S,
  DNS_TTL_MAX_S,
  DNS_TTL_MIN_S,
} from '../base/limits.ts';
import type { Micros } from '../base/time.ts';
import type { Verdict } from './answer.ts';
import { type Question, TYPE_A, TYPE_AAAA } from './message.ts';
import type { DnsName } from './name.ts';

/** Why a name gave no address. */
export type DnsFailure =
  | 'no-such-name' // the name is not there, or is no host name
  | 'no-address' // the name is there, and has none
  | 'server-failure' // the resolver could not say, or said what cannot be
  | 'timed-out'
  | 'unreachable' // no connection to the resolver
  | 'untrusted' // something answers there, and is not the resolver
  | 'overloaded'; // too much is asked at once

/** What a lookup came to. `keepS`: for how many seconds it may be remembered. */
export type Outcome =
  | { readonly addresses: readonly Uint8Array[]; readonly keepS: number }
  | { readonly failure: DnsFailure; readonly keepS: number };

/** One of the two questions about a name. */
export type Half = {
  readonly lookup: Lookup;
  readonly question: Question;
  /** The id it travels under; -1 while it does not travel. */
  id: number;
  /** Connections that died while it was open. */
  losses: number;
  verdict: Verdict | undefined;
};

/** One name being looked up for everybody who wants it. Both questions are asked at once (RFC 8305 section 3). */
export class Lookup {
  readonly key: string;
  readonly startUs: Micros;
  readonly tickets: number[] = [];
  readonly ipv4: Half;
  readonly ipv6: Half;

  constructor(nowUs: Micros, key: string, name: DnsName) {
    this.key = key;
    this.startUs = nowUs;
    this.ipv4 = this.#half(name, TYPE_A);
    this.ipv6 = this.#half(name, TYPE_AAAA);
  }

  get deadlineUs(): Micros {
    return this.startUs + DNS_LOOKUP_US;
  }

  get halves(): readonly Half[] {
    return [this.ipv4, this.ipv6];
  }

  /** Undefined while a question is open. */
  outcome(): Outcome | undefined {
    const { verdict: ipv4 } = this.ipv4;
    const { verdict: ipv6 } = this.ipv6;
    return ipv4 === undefined || ipv6 === undefined ? undefined : join(ipv4, ipv6);
  }

  #half(name: DnsName, type: number): Half {
    return { lookup: this, question: { name, type }, id: -1, losses: 0, verdict: undefined };
  }
}

/**
 * Addresses are worth more than any failure. Without one, "no such name" counts from either half (it speaks of all
 * types), "no address" only from both, and is kept only as long as both allow.
 */
function join(ipv4: Verdict, ipv6: Verdict): Outcome {
  const halves = [ipv4, ipv6];
  const absences = halves.filter((verdict) => verdict.kind === 'absent');
  const failed = halves.find((verdict) => verdict.kind === 'failed');
  const addresses = interleaved(addressesOf(ipv4), addressesOf(ipv6));
  if (addresses.length > 0) {
    const longestS = failed === undefined ? DNS_TTL_MAX_S : DNS_NEGATIVE_TTL_MAX_S;
    const ttlS = halves.reduce(
      (least, verdict) => (verdict.kind === 'addresses' ? Math.min(least, verdict.ttlS) : least),
      longestS,
    );
    return { addresses, keepS: Math.max(ttlS, DNS_TTL_MIN_S) };
  }
  const gone = absences.filter(({ failure }) => failure === 'no-such-name');
  if (gone.length === 0 && failed !== undefined) return { failure: failed.failure, keepS: 0 };
  const [failure, said] =
    gone.length > 0 ? (['no-such-name', gone] as const) : (['no-address', absences] as const);
  return { failure, keepS: Math.min(DNS_NEGATIVE_TTL_MAX_S, ...said.map(({ ttlS }) => ttlS)) };
}

function addressesOf(verdict: Verdict): readonly Uint8Array[] {
  return verdict.kind === 'addresses' ? verdict.addresses : [];
}

/** By turns, IPv4 first: whoever tries them in order soon tries both kinds. */
function interleaved(
  ipv4: readonly Uint8Array[],
  ipv6: readonly Uint8Array[],
): readonly Uint8Array[] {
  const longer = Math.max(ipv4.length, ipv6.length);
  const all: Uint8Array[] = [];
  for (let i = 0; i < longer; i++) all.push(...ipv4.slice(i, i + 1), ...ipv6.slice(i, i + 1));
  return all.slice(0, DNS_ADDRESSES_MAX);
}
