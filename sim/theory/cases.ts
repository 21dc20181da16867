import { codel, fqCodel } from './aqm.ts';
import { tokenBucket } from './buckets.ts';
import type { Case } from './case.ts';
import { dropTail, md1, mg1, mm1 } from './queues.ts';
import { receiveWindow } from './receive-window.ts';
import { cubic, fairness, mathis, slowStart, timeout, windowLimit } from './streams.ts';
import { pipelining, storeAndForward } from './timing.ts';
import { gilbertElliott, reordering, troubles } from './wires.ts';

/** All of them, simple ones first. */
export function cases(): readonly Case[] {
  return [
    ...[storeAndForward(), pipelining(), dropTail(), md1(), mg1(), mm1()],
    ...[codel(), fqCodel(), tokenBucket()],
    ...[gilbertElliott(), reordering(), troubles()],
    ...[slowStart(), timeout(), windowLimit(), receiveWindow(), mathis(), cubic(), fairness()],
  ];
}
