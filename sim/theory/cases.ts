import { conservation, little } from './accounts.ts';
import { codel, fqCodel } from './aqm.ts';
import { tokenBucket } from './buckets.ts';
import type { Case } from './case.ts';
import { dropTail, mm1k } from './finite-queues.ts';
import { relabelling, splitLink, timeScaling, unrelatedNode } from './law-cases.ts';
import { md1, mg1, mm1 } from './queues.ts';
import { cubic, mathis, renoSawtooth } from './sawtooths.ts';
import { fairness, slowStart, timeout, windowLimit } from './streams.ts';
import { pipelining, storeAndForward } from './timing.ts';
import { gilbertElliott, reordering, troubles } from './wires.ts';

/** All of them, simple ones first. */
export function cases(): readonly Case[] {
  return [
    ...[storeAndForward(), pipelining(), dropTail(), md1(), mg1(), mm1(), mm1k()],
    ...[codel(), fqCodel(), tokenBucket()],
    ...[gilbertElliott(), reordering(), troubles()],
    ...[slowStart(), timeout(), windowLimit()],
    ...[renoSawtooth(), mathis(), cubic(), fairness()],
    ...[little(), conservation()],
    ...[unrelatedNode(), timeScaling(), splitLink(), relabelling()],
  ];
}
