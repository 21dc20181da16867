import { makeIdentity, makeNodeKeys, nodeIdOf, type Suite } from '#core/crypto/mod.ts';
import { LINK_REJECTS, type LinkReject } from '#core/link/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import { RandomStream } from '../random.ts';
import { documents } from './documents.ts';
import { firstMessages, introductions, secondMessages } from './exchanges.ts';
import { EPOCH } from './peer.ts';
import { records } from './records.ts';
import type { Answer, Decoder, Scene } from './scene.ts';

/** What became of mutated transcripts at one decoder. A throw would have ended the run. */
export type DecoderReport = {
  readonly decoder: string;
  readonly runs: number;
  /** The transcript nobody touched was taken. */
  readonly genuine: boolean;
  readonly values: number;
  readonly verdicts: number;
  /** What was taken and must not be: see each decoder's file. */
  readonly forgeries: number;
};

/** A decoder can be judged when it took the genuine, took and refused some of the rest, and took nothing forged. */
export function isSound(report: DecoderReport): boolean {
  return report.genuine && report.values > 0 && report.verdicts > 0 && report.forgeries === 0;
}

/** Feeds `runs` mutated transcripts to every decoder of the core; `rejects` are what the links counted of them. */
export function mutateDecoders(
  suite: Suite,
  seed: string,
  runs: number,
): { readonly reports: readonly DecoderReport[]; readonly rejects: Counters<LinkReject> } {
  const random = new RandomStream(seed, 'mutation');
  const rejects = new Counters<LinkReject>(LINK_REJECTS);
  const reports = decoders(suite, random, rejects).map(({ name, genuine, mutated }) => {
    const isTaken = genuine() === 'value';
    const count: { [answer in Answer]: number } = { value: 0, verdict: 0, forgery: 0 };
    for (let run = 0; run < runs; run++) count[mutated(run)] += 1;
    const { value, verdict, forgery } = count;
    const counts = { values: value, verdicts: verdict, forgeries: forgery };
    return { decoder: name, runs, genuine: isTaken, ...counts };
  });
  return { reports, rejects };
}

function decoders(
  suite: Suite,
  random: RandomStream,
  rejects: Counters<LinkReject>,
): readonly Decoder[] {
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(5), EPOCH);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const nodeId = nodeIdOf(suite, identity.certificate.identityKey);
  const scene: Scene = { suite, random, rejects, identity, keys, nodeId };
  return [
    ...documents(scene),
    firstMessages(scene),
    secondMessages(scene),
    introductions(scene),
    records(scene),
  ];
}
