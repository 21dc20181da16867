// The part of a Windows executable (PE32+, Microsoft's PE format specification) that a build has to look at.

const DOS_PE_OFFSET = 0x3c;
const COFF_LENGTH = 20;
const OPTIONAL_MAGIC_64 = 0x20b;
const CHECKSUM_AT = 64;
/** Where the table of data directories starts in the optional header of PE32+. */
const DIRECTORIES_AT = 112;
const DIRECTORY_LENGTH = 8;
const DIRECTORY_CERTIFICATE = 4;

/** What a header says. */
export interface ImageHeader {
  /** 0x8664 for x64. */
  readonly machine: number;
  /** Where the Authenticode signature is in the file; 0 and 0 when there is none. */
  readonly signatureAt: number;
  readonly signatureLength: number;
}

/** Reads the header. Throws when the octets are no 64-bit Windows executable. */
export function readImageHeader(image: Buffer): ImageHeader {
  const optional = optionalHeaderAt(image);
  const entry = optional + DIRECTORIES_AT + DIRECTORY_CERTIFICATE * DIRECTORY_LENGTH;
  return {
    machine: image.readUInt16LE(optional - COFF_LENGTH),
    signatureAt: image.readUInt32LE(entry),
    signatureLength: image.readUInt32LE(entry + 4),
  };
}

/**
 * A copy without its Authenticode signature, which a program that is put into the file would make a wrong one:
 * the signature at the end goes, with the directory entry and the checksum that covers it.
 */
export function withoutSignature(image: Buffer): Buffer {
  const { signatureAt, signatureLength } = readImageHeader(image);
  if (signatureLength === 0) return Buffer.from(image);
  if (signatureAt + signatureLength !== image.length)
    throw new Error('the signature of this executable is not at its end');
  const bare = Buffer.from(image.subarray(0, signatureAt));
  const optional = optionalHeaderAt(bare);
  const entry = optional + DIRECTORIES_AT + DIRECTORY_CERTIFICATE * DIRECTORY_LENGTH;
  bare.fill(0, entry, entry + DIRECTORY_LENGTH);
  bare.writeUInt32LE(0, optional + CHECKSUM_AT);
  return bare;
}

function optionalHeaderAt(image: Buffer): number {
  const pe = image.toString('latin1', 0, 2) === 'MZ' ? image.readUInt32LE(DOS_PE_OFFSET) : -1;
  const optional = pe + 4 + COFF_LENGTH;
  const isImage = pe > 0 && image.toString('latin1', pe, pe + 4) === 'PE\0\0';
  if (!isImage || image.readUInt16LE(optional) !== OPTIONAL_MAGIC_64)
    throw new Error('this is no 64-bit Windows executable');
  return optional;
}
