import type { Id } from '../base/slab.ts';
import type { Endpoint, StreamUser, TlsRole } from './contract.ts';

/** Who a stream of a root belongs to: a machine inside it. */
export interface StreamOwner extends StreamUser {
  /** The host is about to serve an id that was woken, before it offers or pulls octets. */
  woken(nowUs: number, id: Id): void;
}

/** What a machine may ask of the root it is part of. NO_ID, or undefined, when the root holds STREAMS_MAX ids. */
export interface StreamPort {
  connect(owner: StreamOwner, to: Endpoint): Id;
  /** An id for a connection that `owner` accepts. */
  take(owner: StreamOwner): Id;
  tls(
    plain: StreamOwner,
    cipher: StreamOwner,
    as: TlsRole,
  ): { readonly plain: Id; readonly cipher: Id } | undefined;
  wake(id: Id): void;
  /** `closed('local')` follows. Harmless for an id that is gone. */
  abort(id: Id): void;
}
