import type { Heard } from './ears.ts';
import { WINDOW, WindowSet } from './windows.ts';
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
  readonly clientIps: readonly string[];
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
    how: known
      .slice(0, SHOWN_MAX)
      .map(({ fact, how }) => `${fact}: ${how}`)
      .join('; '),
    leak: isLinked
      ? `${names(members)}: client address ${client.how}, ${destination.fact} ${destination.how}`
      : stray && `${names(members)}: ${stray.fact} ${stray.how}`,
  };
}

/** Sightings of one coalition that are put in words; all of them are judged. */
const SHOWN_MAX = 8;

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
  addresses('client address', secrets.clientIps);
  addresses('destination', secrets.destinationIps);
  const inClear = (fact: Sighting['fact'], wanted: readonly string[]): void => {
    for (const address of wanted) {
      const heard = party.heard.find(({ octets }) => namesAddress(octets, address));
      if (heard !== undefined)
        found.push({
          fact,
          how: `${address} ${heard.what} by ${party.name} at ${ms(heard.timeNs)}`,
        });
    }
  };
  inClear('client address', secrets.clientIps);
  inClear('destination', secrets.destinationIps);
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
  return found;
}

/** The text of an address, or its octets as a message writes them (PROTOCOL §10.1): four alone are no evidence. */
function namesAddress(octets: Uint8Array, address: string): boolean {
  const said = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const ip = address.split('.').map(Number);
  return said.includes(address) || said.includes(Buffer.from([ip.length, ip.length, ...ip]));
}

/** A name as DNS writes it. */
export function dnsName(name: string): Uint8Array {
  return Uint8Array.from(
    name
      .split('.')
      .flatMap((label) => [label.length, ...Array.from(label, (letter) => letter.charCodeAt(0))]),
  );
}

/** What a search for equal strings found. */
export type Shared = {
  /** The first string that two who are not neighbours both have in clear, in words. */
  readonly strangers: string | undefined;
  /** Neighbours were found to share one, as they must: the search can find what is there. */
  readonly isSharp: boolean;
};

/**
 * Strings of eight octets or more that two parties both have in clear. `known`: what everybody has, such as the
 * snapshot, and so no mark of anything.
 */
export function sharedOctets(parties: readonly Party[], known: readonly Uint8Array[]): Shared {
  const common = new WindowSet(known);
  let strangers: string | undefined;
  let isSharp = false;
  for (const [i, party] of parties.entries()) {
    const others = parties.slice(i + 1).filter(({ heard }) => heard.length > 0);
    if (others.length === 0 || party.heard.length === 0) continue;
    const own = new WindowSet(party.heard.map(({ octets }) => octets));
    for (const other of others) {
      const first = firstShared(own, other, common);
      if (first === undefined) continue;
      if (party.neighbours.includes(other.name)) isSharp = true;
      else strangers ??= `${party.name} and ${other.name} both have ${first}`;
    }
  }
  return { strangers, isSharp };
}

function firstShared(own: WindowSet, other: Party, common: WindowSet): string | undefined {
  for (const { octets, what, timeNs } of other.heard) {
    const at = own.find(octets, common);
    if (at < 0) continue;
    const hex = Buffer.from(octets.subarray(at, at + WINDOW)).toString('hex');
    return `${hex}, ${what} by ${other.name} at ${ms(timeNs)}`;
  }
  return undefined;
}

function names(members: readonly Party[]): string {
  return members.map(({ name }) => name).join(' and ');
}
