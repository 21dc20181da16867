import type { Cause } from '#core/host/mod.ts';
import type { Destination } from '#core/wire/mod.ts';
import type { Micros } from '../base/time.ts';

/** Why the far end's messages are refused. Each ends the circuit. */
export type MessageReject =
  | 'message-malformed'
  | 'stream-unknown'
  | 'stream-credit'
  | 'stream-limit'
  | 'pool-exhausted';

/** Who uses the streams of a circuit. Stream numbers are good until `reset`, or until both directions ended. */
export interface StreamsUser {
  /** At the last hop: the client wants to go there. `granted` or `reset` is owed. */
  asked(nowUs: Micros, stream: number, to: Destination): void;
  /** At the client: the last hop is connected. */
  opened(nowUs: Micros, stream: number): void;
  /** There is something to `pull`, or room to `push` again. */
  stirred(nowUs: Micros, stream: number): void;
  /** The far end, or the end of the circuit, has ended it. */
  reset(nowUs: Micros, stream: number, cause: Cause): void;
}
