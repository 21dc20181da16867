import { BufferPool } from '#core/base/buffer-pool.ts';
import { RECORD_PAYLOAD_MAX, REKEYS_AT_ONCE } from '#core/base/limits.ts';
import { US_PER_S } from '#core/base/time.ts';
import { UNIT_MAX } from '#core/link/mod.ts';
import type { RandomStream } from '../random.ts';
import { joined, mutate } from './mutate.ts';
import {
  DATA,
  END_RECORD,
  giveEnd,
  INTRODUCTION,
  KNOWN_OPENING,
  makeKnownVictim,
  PADDING,
  PeerSealer,
} from './peer.ts';
import type { Answer, Decoder, Scene } from './scene.ts';

// A link from its opening to its end, as a script: half of the runs spoil the script and seal what it says, as a
// peer can that holds the keys; the others spoil the sealed octets, as anybody can. Forged is content other than
// what the script says in that order, and an end before all of it or without an end record.

/** One thing that happens to a victim. */
type Step =
  | { readonly kind: 'record'; readonly type: number; readonly content: Uint8Array }
  /** The same with a length block that says something else. */
  | { readonly kind: 'lie'; readonly claimed: number; readonly content: Uint8Array }
  | { readonly kind: 'rekey' }
  | { readonly kind: 'wait'; readonly us: number }
  /** The victim has nothing more to say. */
  | { readonly kind: 'our-end' }
  | { readonly kind: 'stream-end' };

/** More than twice any time-out of a link. */
const WAIT_MAX_S = 2000;

function genuineScript(): readonly Step[] {
  const nothing = new Uint8Array(0);
  return [
    { kind: 'record', type: INTRODUCTION, content: nothing },
    { kind: 'record', type: DATA, content: new Uint8Array(300).fill(1) },
    { kind: 'rekey' },
    { kind: 'record', type: DATA, content: new Uint8Array(2_000).fill(2) },
    { kind: 'wait', us: 40 * US_PER_S },
    { kind: 'record', type: PADDING, content: new Uint8Array(5) },
    { kind: 'our-end' },
    { kind: 'rekey' },
    { kind: 'record', type: DATA, content: new Uint8Array(RECORD_PAYLOAD_MAX).fill(3) },
    { kind: 'record', type: END_RECORD, content: nothing },
    { kind: 'wait', us: US_PER_S },
    { kind: 'stream-end' },
  ];
}

export function records(scene: Scene): Decoder {
  const { random } = scene;
  const pool = new BufferPool(UNIT_MAX, 4);
  const script = genuineScript();
  const asIs = (octets: Uint8Array): Uint8Array => octets;
  return {
    name: 'records',
    genuine: () => play(scene, pool, script, -1, asIs),
    mutated: (run) =>
      run % 2 === 0
        ? play(scene, pool, spoilScript(script, random), -1, asIs)
        : play(scene, pool, script, random.below(2), (octets) => mutate(octets, random)),
  };
}

/** One to three changes to what is said, how often, in which order and when. */
function spoilScript(script: readonly Step[], random: RandomStream): readonly Step[] {
  const steps = [...script];
  for (let left = 1 + random.below(3); left > 0; left--) {
    const at = random.below(steps.length);
    const step = steps[at] as Step;
    const content = step.kind === 'record' ? step.content : new Uint8Array(0);
    const short = mutate(content, random).subarray(0, RECORD_PAYLOAD_MAX);
    const waits = { kind: 'wait', us: (1 + random.below(WAIT_MAX_S)) * US_PER_S } as const;
    const other = random.below(1 << 16);
    const claimed = random.below(4) === 0 || other === content.length + 1 ? 0 : other;
    const change = random.below(8);
    if (change === 0) steps.splice(at, 1);
    else if (change === 1) {
      const times = 1 + random.below(REKEYS_AT_ONCE + 4);
      steps.splice(at, 0, ...Array.from({ length: times }, () => step));
    } else if (change === 2) steps.splice(random.below(steps.length), 0, step);
    else if (change === 3) steps.splice(at, 0, waits);
    else if (change === 4) steps.splice(at, 1, { kind: 'lie', claimed, content });
    else if (change === 5)
      steps.splice(at, 1, { kind: 'record', type: random.below(256), content });
    else if (change === 6)
      steps.splice(at, 1, { kind: 'record', type: random.below(5), content: short });
    else steps.splice(at, 0, { kind: 'our-end' });
  }
  return steps;
}

/** Plays a script against a fresh victim; `spoil` has the octets of one stretch between two waits. */
function play(
  { suite, rejects }: Scene,
  pool: BufferPool,
  script: readonly Step[],
  spoiled: number,
  spoil: (octets: Uint8Array) => Uint8Array,
): Answer {
  const victim = makeKnownVictim(suite, pool, rejects);
  const { link, user } = victim;
  const peer = new PeerSealer(suite);
  let nowUs = 0;
  let stretch = 0;
  let said: Uint8Array[] = [];
  const flush = (): void => {
    const octets = joined(...said);
    said = [];
    const fed = stretch++ === spoiled ? spoil(octets) : octets;
    link.receive(nowUs, fed, 0, fed.length);
  };
  link.receive(0, Uint8Array.from(KNOWN_OPENING), 0, KNOWN_OPENING.length);
  for (const step of script) {
    if (step.kind === 'record') said.push(peer.record(step.type, step.content));
    else if (step.kind === 'lie') said.push(peer.record(DATA, step.content, step.claimed));
    else if (step.kind === 'rekey') said.push(peer.rekey());
    else if (step.kind === 'our-end') giveEnd(victim, nowUs);
    else {
      flush();
      if (step.kind === 'stream-end') break;
      nowUs += step.us;
      if (link.deadlineUs <= nowUs) link.handleTimeout(nowUs);
    }
  }
  if (link.failure === undefined) link.ended();
  link.destroy();
  if (isForged(script, user.received, user.log.includes('ended'))) return 'forgery';
  return link.failure === undefined ? 'value' : 'verdict';
}

function isForged(script: readonly Step[], received: readonly number[], isEnded: boolean): boolean {
  let at = 0;
  for (const step of script) {
    if (step.kind !== 'record') continue;
    if (step.type === END_RECORD) return isEnded ? at !== received.length : at < received.length;
    if (step.type !== DATA) continue;
    const { content } = step;
    for (let i = 0; i < content.length; i++, at++) {
      if (at === received.length) return isEnded;
      if (received[at] !== content[i]) return true;
    }
  }
  return isEnded || at < received.length;
}
