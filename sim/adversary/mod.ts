// Those who want the core to fail: mutated transcripts (mutate.ts; what of is in documents.ts, exchanges.ts and
// records.ts), peers that hold keys and misbehave (peer.ts, misbehave.ts), crowds (crowd.ts), relays that change what
// they carry (malicious-relay.ts, tamper.ts) and those who say again what they have heard (replays.ts), both in a
// network of their own (network.ts). They live here and never in the core.
export { type DecoderReport, isSound, mutateDecoders } from './decoders.ts';
export { type Misbehaviour, misbehave, type Reject } from './misbehave.ts';
export {
  isRefused,
  type ReplayCase,
  type ReplayReport,
  replayCases,
  replayCreates,
} from './replays.ts';
export { isContained, type TamperCase, type TamperReport, tamper, tamperCases } from './tamper.ts';
