// Those who want the core to fail: mutated transcripts (mutate.ts, decoders.ts) and peers that hold keys and
// misbehave (peer.ts, misbehave.ts). They live here and never in the core.
export { type DecoderReport, mutateDecoders } from './decoders.ts';
export { type Misbehaviour, misbehave, type Reject } from './misbehave.ts';
