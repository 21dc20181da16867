import { AEAD_TAG_LEN } from '#core/crypto/mod.ts';
import { HOPS_MAX, RECORD_PAYLOAD_MAX } from '../base/limits.ts';

// PROTOCOL §9.1: what the content of a link's data records is made of. A record holds whole frames.
//
//   circuit 4 | kind 1 | body, of a length that the kind alone decides

export const FRAME_HEADER_LEN = 5;

export const FRAME_CREATE = 1;
export const FRAME_CREATED = 2;
export const FRAME_SMALL = 3;
export const FRAME_LARGE = 4;
export const FRAME_CREDIT = 5;
export const FRAME_DESTROY = 6;

/** Octets of the whole frame. */
export const CREATE_FRAME_LEN: number = RECORD_PAYLOAD_MAX;
export const CREATED_FRAME_LEN = 8192;

/** Octets of a cell: a frame of 512 octets, and one that fills a record. */
export const CELL_SMALL: number = 512 - FRAME_HEADER_LEN;
export const CELL_LARGE: number = RECORD_PAYLOAD_MAX - FRAME_HEADER_LEN;
/** What one layer adds to a cell: a flag octet in front, a tag behind. §9.4 */
export const LAYER_LEN: number = 1 + AEAD_TAG_LEN;

const CREDIT_BODY_LEN = 4;

/** Octets of the body of a frame of this kind; -1 for an unknown kind. */
export function frameBodyLen(kind: number): number {
  switch (kind) {
    case FRAME_CREATE:
      return CREATE_FRAME_LEN - FRAME_HEADER_LEN;
    case FRAME_CREATED:
      return CREATED_FRAME_LEN - FRAME_HEADER_LEN;
    case FRAME_SMALL:
      return CELL_SMALL;
    case FRAME_LARGE:
      return CELL_LARGE;
    case FRAME_CREDIT:
      return CREDIT_BODY_LEN;
    case FRAME_DESTROY:
      return 0;
    default:
      return -1;
  }
}

export function writeFrameHeader(out: Uint8Array, at: number, circuit: number, kind: number): void {
  out[at] = circuit >>> 24;
  out[at + 1] = circuit >>> 16;
  out[at + 2] = circuit >>> 8;
  out[at + 3] = circuit;
  out[at + 4] = kind;
}

/** The unsigned 4 octets at a place: a circuit number, or the octets of a CREDIT. */
export function readU32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

/** Octets of a cell of `cellLen` that are alive when they arrive at hop `index` (1 to HOPS_MAX). */
export function liveLen(cellLen: number, index: number): number {
  return cellLen - LAYER_LEN * (index - 1);
}

export function isHopIndex(index: number): boolean {
  return index >= 1 && index <= HOPS_MAX;
}
