import type { Heard } from './ears.ts';
import { WindowSet } from './windows.ts';
import { ms, type WireView } from './wire-view.ts';

/** Somebody who might want to know: links it has its hands on, and what its own keys open. */
export type Party = {
  readonly name: string;
  /** Which side of the circuit it stands on by its nature; the two sides together know both ends, always. */
  readonly side: 'entry' | 'middle' | 'exit';
  readonly wire: readonly WireView[];
  readonly heard: readonly Heard[];
  /** Parties next to it on the way: what one hands the other, both have. */
  readonly neighbours: readonly string[];
};

/** What is to be kept apart: text of addresses, and octets of names. */
export type Secrets = {
  readonly clientIp: string;
  readonly destinationIps: readonly string[];
  readonly destinationNames: readonly string[];
};

/** Facts of the matrix, in order. */
export const FACTS: readonly ['client address', 'destination', 'destination name'] = Object.freeze([
  'client address',
  'destination',
  'destination name',
] as const);

export type Coalition = {
  readonly members: readonly string[];
  readonly sees: readonly boolean[];
  readonly allowed: readonly boolean[];
  /** Where each fact comes from, in words. */
  readonly how: string;
  /** In words what it must not have and has; undefined when all is well. */
  readonly leak: string | undefined;
};

/** Every coalition of one or two parties, and what it holds. */
export function coalitions(parties: readonly Party[], secrets: Secrets): readonly Coalition[] {
  const all: Coalition[] = parties.map((party) => judge([party], secrets));
  parties.forEach((a, i) => {
    for (const b of parties.slice(i + 1)) all.push(judge([a, b], secrets));
  });
  return all;
}

function judge(members: readonly Party[], secrets: Secrets): Coalition {
  const known = members.flatMap((party) => sightings(party, secrets));
  const sees = FACTS.map((fact) => known.some((sighting) => sighting.fact === fact));
  const sides = new Set(members.map(({ side }) => side));
  // Entry side and exit side together know both ends by what they are; nobody else may hold both.
  const isSpanning = sides.has('entry') && sides.has('exit');
  const allowed = FACTS.map((fact) =>
    fact === 'client address' ? sides.has('entry') : sides.has('exit'),
  );
  const client = known.find(({ fact }) => fact === 'client address');
  const destination = known.find(({ fact }) => fact !== 'client address');
  const stray = known.find(({ fact }) => !allowed[FACTS.indexOf(fact)]);
  const isLinked = client !== undefined && destination !== undefined && !isSpanning;
  return {
    members: members.map(({ name }) => name),
    sees,
    allowed,
    how: known.map(({ fact, how }) => `${fact}: ${how}`).join('; '),
    leak: isLinked
      ? `${names(members)}: client address ${client.how}, ${destination.fact} ${destination.how}`
      : stray && `${names(members)}: ${stray.fact} ${stray.how}`,
  };
}

type Sighting = { readonly fact: (typeof FACTS)[number]; readonly how: string };

function sightings(party: Party, secrets: Secrets): readonly Sighting[] {
  const found: Sighting[] = [];
  const addresses = (fact: Sighting['fact'], wanted: readonly string[]): void => {
    for (const { addresses } of party.wire)
      for (const address of wanted) {
        const timeNs = addresses.get(address);
        if (timeNs !== undefined)
          found.push({ fact, how: `${address} in a packet at ${party.name}, ${ms(timeNs)}` });
      }
  };
  addresses('client address', [secrets.clientIp]);
  addresses('destination', secrets.destinationIps);
  for (const name of secrets.destinationNames) {
    const octets = Buffer.from(name);
    const dns = Buffer.from(dnsName(name));
    const heard = party.heard.find(({ octets: said }) => {
      const text = Buffer.from(said.buffer, said.byteOffset, said.byteLength);
      return text.includes(octets) || text.includes(dns);
    });
    if (heard !== undefined)
      found.push({
        fact: 'destination name',
        how: `"${name}" ${heard.what} by ${party.name} at ${ms(heard.timeNs)}`,
      });
    for (const { found: marks } of party.wire) {
      const where = marks.get(name);
      if (where !== undefined)
        found.push({ fact: 'destination name', how: `"${name}" in clear ${where}` });
    }
  }
  return found.slice(0, 8);
}

/** A name as DNS writes it. */
export function dnsName(name: string): Uint8Array {
  return Uint8Array.from(
    name
      .split('.')
      .flatMap((label) => [label.length, ...Array.from(label, (letter) => letter.charCodeAt(0))]),
  );
}

/**
 * The first string of eight octets or more that two parties who are not neighbours both have in clear, in words.
 * `known`: what everybody has, such as the snapshot.
 */
export function sharedOctets(
  parties: readonly Party[],
  known: readonly Uint8Array[],
): string | undefined {
  const common = new WindowSet();
  for (const octets of known) common.add(octets);
  for (const [i, party] of parties.entries()) {
    const strangers = parties
      .slice(i + 1)
      .filter(({ name, heard }) => heard.length > 0 && !party.neighbours.includes(name));
    if (strangers.length === 0 || party.heard.length === 0) continue;
    const own = new WindowSet();
    for (const { octets } of party.heard) own.add(octets);
    for (const stranger of strangers)
      for (const { octets, what, timeNs } of stranger.heard) {
        const at = own.find(octets, common);
        if (at < 0) continue;
        const hex = Buffer.from(octets.subarray(at, at + 8)).toString('hex');
        return `${party.name} and ${stranger.name} both have ${hex}, ${what} by ${stranger.name} at ${ms(timeNs)}`;
      }
  }
  return undefined;
}

function names(members: readonly Party[]): string {
  return members.map(({ name }) => name).join(' and ');
}
