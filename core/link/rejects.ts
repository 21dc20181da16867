import type { Cause } from '#core/host/mod.ts';
import type { HandshakeReject } from './handshake.ts';
import type { RecordReject } from './record.ts';

/** Every way a peer's octets, or its silence, are refused on a link. Each is counted, and each ends the link.
 * PROTOCOL §7. */
export type LinkReject =
  | HandshakeReject
  | RecordReject
  | 'record-unexpected'
  | 'after-end'
  | 'truncated'
  | 'handshake-overdue'
  | 'close-overdue'
  | 'silent'
  | 'unread';

/** What a user is told. The reason itself is counted, and never sent to the peer. */
export const CAUSE_OF: { readonly [reject in LinkReject]: Cause } = Object.freeze({
  'first-forged': 'untrusted',
  'first-key-invalid': 'untrusted',
  'second-forged': 'untrusted',
  'introduction-malformed': 'untrusted',
  'introduction-uncertified': 'untrusted',
  'introduction-forged': 'untrusted',
  'length-forged': 'reset',
  'length-invalid': 'reset',
  'record-forged': 'reset',
  'key-overdue': 'reset',
  'rekey-flood': 'reset',
  'record-unexpected': 'reset',
  'after-end': 'reset',
  truncated: 'reset',
  'handshake-overdue': 'timed-out',
  'close-overdue': 'timed-out',
  silent: 'timed-out',
  unread: 'timed-out',
});

export const LINK_REJECTS: readonly LinkReject[] = Object.freeze(
  Object.keys(CAUSE_OF) as LinkReject[],
);
