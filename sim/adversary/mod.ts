// Those who want the core to fail: mutated transcripts (mutate.ts; what of is in documents.ts, exchanges.ts and
// records.ts), peers that hold keys and misbehave (peer.ts, misbehave.ts), and crowds (crowd.ts). They live here
// and never in the core.
export { type DecoderReport, isSound, mutateDecoders } from './decoders.ts';
export { type Misbehaviour, misbehave, type Reject } from './misbehave.ts';
