// What this folder writes, read by somebody else: written from the format's text alone.

export type ReadPacket = {
  readonly on: number;
  /** Nanoseconds since 1970. */
  readonly ns: bigint;
  readonly frame: Uint8Array;
  readonly comment: string | undefined;
};

export type ReadFile = {
  readonly comment: string | undefined;
  readonly interfaces: readonly {
    readonly name: string | undefined;
    readonly description: string | undefined;
    readonly link: number;
    readonly resolution: number | undefined;
  }[];
  readonly packets: readonly ReadPacket[];
};

/** A pcapng file of one section in little-endian order. Throws where it is not one. */
export function readPcapng(file: Uint8Array): ReadFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const interfaces: ReadFile['interfaces'][number][] = [];
  const packets: ReadPacket[] = [];
  let comment: string | undefined;
  for (let at = 0; at < file.length; ) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    const end = at + length - 4;
    if (length % 4 !== 0 || view.getUint32(end, true) !== length)
      throw new Error(`a block of ${length} octets at ${at}`);
    if (type === 0x0a0d0d0a) {
      if (at !== 0 || view.getUint32(8, true) !== 0x1a2b3c4d) throw new Error('one section');
      comment = text(options(file, view, 24, end).get(1));
    } else if (type === 1) {
      const found = options(file, view, at + 16, end);
      interfaces.push({
        name: text(found.get(2)),
        description: text(found.get(3)),
        link: view.getUint16(at + 8, true),
        resolution: found.get(9)?.[0],
      });
    } else if (type === 6) {
      const on = view.getUint32(at + 8, true);
      if (on >= interfaces.length) throw new Error(`no interface ${on} yet`);
      const ns =
        (BigInt(view.getUint32(at + 12, true)) << 32n) | BigInt(view.getUint32(at + 16, true));
      const octets = view.getUint32(at + 20, true);
      if (view.getUint32(at + 24, true) !== octets) throw new Error('a packet is whole');
      const frame = file.slice(at + 28, at + 28 + octets);
      const found = options(file, view, at + 28 + Math.ceil(octets / 4) * 4, end);
      packets.push({ on, ns, frame, comment: text(found.get(1)) });
    } else throw new Error(`a block of type ${type}`);
    at += length;
  }
  return { comment, interfaces, packets };
}

export type ReadFrame = {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly payload: Uint8Array;
  /** Whether the checksums of the IP header, if it has one, and of what it carries hold. */
  readonly isHeaderRight: boolean;
  readonly isBodyRight: boolean;
};

/** An IPv4 or IPv6 packet. Throws where a length is wrong. */
export function readFrame(frame: Uint8Array): ReadFrame {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const isV6 = (frame[0] as number) >> 4 === 6;
  const [head, width, addressAt] = isV6 ? [40, 16, 8] : [20, 4, 12];
  const length = isV6 ? view.getUint16(4) + 40 : view.getUint16(2);
  if (length !== frame.length) throw new Error(`${length} octets said, ${frame.length} there`);
  const from = frame.slice(addressAt, addressAt + width);
  const to = frame.slice(addressAt + width, addressAt + 2 * width);
  const protocol = frame[isV6 ? 6 : 9] as number;
  const body = frame.subarray(head);
  const pseudo = Uint8Array.of(0, protocol, body.length >> 8, body.length & 255);
  const isIcmpOfV4 = protocol === 1;
  const summed = isIcmpOfV4 ? [body] : [from, to, pseudo, body];
  const isTcp = protocol === 6;
  const at = head;
  const start = head + (isTcp ? ((frame[at + 12] as number) >> 4) * 4 : 8);
  if (protocol === 17 && view.getUint16(at + 4) !== body.length) throw new Error('length of UDP');
  return {
    from,
    to,
    protocol,
    sourcePort: view.getUint16(at),
    destPort: view.getUint16(at + 2),
    seq: isTcp ? view.getUint32(at + 4) : 0,
    ack: isTcp ? view.getUint32(at + 8) : 0,
    flags: isTcp ? (frame[at + 13] as number) : 0,
    window: isTcp ? view.getUint16(at + 14) : 0,
    payload: frame.slice(start),
    isHeaderRight: isV6 || folded([frame.subarray(0, head)]) === 0xffff,
    isBodyRight: folded(summed) === 0xffff,
  };
}

/** Words of all parts, added up with the carry brought round: 0xffff where a checksum is among them and holds. */
function folded(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    part.forEach((octet, i) => {
      sum += i % 2 === 0 ? octet * 256 : octet;
      if (sum > 0xffff) sum -= 0xffff;
    });
  return sum;
}

function options(
  file: Uint8Array,
  view: DataView,
  from: number,
  end: number,
): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = from; at < end; ) {
    const code = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    if (code === 0) {
      if (length !== 0 || at + 4 !== end) throw new Error('options end at their end');
      return found;
    }
    found.set(code, file.slice(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  if (found.size > 0) throw new Error('options without an end');
  return found;
}

function text(octets: Uint8Array | undefined): string | undefined {
  return octets === undefined ? undefined : new TextDecoder().decode(octets);
}
