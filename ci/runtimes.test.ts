import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { isIntact, pinnedNode, TARGETS, unpack } from './runtimes.ts';
import { readImageHeader, withoutSignature } from './windows-image.ts';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'spn-runtimes-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('every target has its package in package.json, all in the version of the Node that builds', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const version = execFileSync(pinnedNode(HOME), ['--version'], { encoding: 'utf8' }).trim();
  for (const target of TARGETS) expect(`v${optionalDependencies[target.package]}`).toBe(version);
});

test('an archive with one octet changed is not intact', () => {
  const octets = Buffer.from('abc');
  // SHA-512 of "abc", FIPS 180-4.
  const digest =
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
    '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';
  const integrity = `sha512-${Buffer.from(digest, 'hex').toString('base64')}`;
  expect(isIntact(octets, integrity)).toBe(true);
  expect(isIntact(Buffer.from('abd'), integrity)).toBe(false);
  expect(isIntact(octets, integrity.replace('sha512', 'sha1'))).toBe(false);
});

test('a file comes out of an archive as it went in', () => {
  const big = Buffer.alloc(1500, 7);
  const archive = gzipSync(
    Buffer.concat([entry('package/a', Buffer.from('A')), entry('package/bin/node.exe', big)]),
  );
  expect(unpack(archive, 'package/bin/node.exe').equals(big)).toBe(true);
  expect(unpack(archive, 'package/a').toString()).toBe('A');
  expect(() => unpack(archive, 'package/bin')).toThrow('does not contain package/bin');
});

test('a signature is cut off an executable, with what points at it', () => {
  const signed = image(100);
  expect(readImageHeader(signed)).toEqual({
    machine: 0x8664,
    signatureAt: 600,
    signatureLength: 100,
  });
  const bare = withoutSignature(signed);
  expect(bare.length).toBe(600);
  expect(readImageHeader(bare)).toEqual({ machine: 0x8664, signatureAt: 0, signatureLength: 0 });
  expect(withoutSignature(bare).equals(bare)).toBe(true);
  expect(() => withoutSignature(Buffer.concat([signed, Buffer.alloc(1)]))).toThrow(
    'not at its end',
  );
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['an ELF file', Buffer.from('\u007fELF'.padEnd(600), 'latin1')],
  ['zeros', Buffer.alloc(600)],
])('%s is no Windows executable', (_name, octets) => {
  expect(() => readImageHeader(octets)).toThrow('no 64-bit Windows executable');
});

/** A file in a ustar archive. */
function entry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0, 'latin1');
  header.write(content.length.toString(8).padStart(11, '0'), 124, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc(-content.length & 511)]);
}

/** The headers of a PE32+ file of 600 octets, and a signature behind. */
function image(signatureLength: number): Buffer {
  const octets = Buffer.alloc(600 + signatureLength, 1);
  octets.write('MZ', 0, 'latin1');
  octets.writeUInt32LE(128, 0x3c);
  octets.write('PE\0\0', 128, 'latin1');
  octets.writeUInt16LE(0x8664, 132);
  octets.writeUInt16LE(0x20b, 152);
  octets.writeUInt32LE(600, 152 + 112 + 4 * 8);
  octets.writeUInt32LE(signatureLength, 152 + 112 + 4 * 8 + 4);
  return octets;
}
