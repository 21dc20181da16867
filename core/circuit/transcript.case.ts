import { makeIdentity, makeNodeKeys, type NodeKeys, type Suite } from '#core/crypto/mod.ts';
import { EPOCH, testRandom } from '#core/link/pair.case.ts';
import { encodeStatement } from '#core/wire/mod.ts';
import { toHex } from '../base/bytes.ts';
import { REKEY_US } from '../base/limits.ts';
import { CELL_SMALL, liveLen } from './frame.ts';
import { contentLen, FLAG_HERE, Layer, sealAll } from './layer.ts';
import { CreateRequest } from './onion.ts';
import { answers, suite, walk } from './scene.case.ts';
import { StreamEnd } from './streams.case.ts';

/** A circuit over two hops as octets: everything a decoder needs to open every message, and what it must find. */
export type CircuitTranscript = {
  /** Seeds of the onion keys of hop 1 and 2, and of the client's ephemeral key for each: 32 octets each. */
  readonly onionSeeds: readonly string[];
  readonly ephemeralSeeds: readonly string[];
  readonly statements: readonly string[];
  /** Body of CREATE as hop 1 receives it. Hop 2's content begins with an OPEN of stream 1 to web.test, port 443. */
  readonly create: string;
  /** Body of CREATED as the client receives it: status 0 of both. */
  readonly created: string;
  /**
   * Small cells as hop 1 receives them: DATA of stream 1, 5 octets counted from 0; then, under the last use of both
   * keys, DATA 5 to 9; then, under the next keys, END.
   */
  readonly forward: readonly string[];
  /** A small cell as the client receives it: OPENED and DATA of 4 octets counted from 100. */
  readonly backward: string;
};

const HOPS = 2;
const CONTENT = contentLen(CELL_SMALL, HOPS);

/** One circuit, said in full. */
export function circuitTranscript(): CircuitTranscript {
  const seeds: string[] = [];
  const watched: Suite = {
    ...suite,
    kemSecret: (seed) => {
      seeds.push(toHex(seed));
      return suite.kemSecret(seed);
    },
  };
  const path = [1, 2].map((n) => keysOf(watched, n));
  const [client, last] = [new StreamEnd(true), new StreamEnd(false)];
  client.open();
  const statements = path.map(({ statement }) => statement);
  const request = CreateRequest.make(watched, testRandom(3), statements, said(client));
  if (typeof request === 'number') throw new Error('the keys are keys');
  const { opened } = walk(path, request.body);
  const answered = answers(opened);
  const created = answered.bodies[0] as Uint8Array;
  const read = request.readAnswer(created);
  const order = opened[1]?.order;
  if (!('keys' in read) || order?.command !== 'last') throw new Error('every hop is honest');
  last.streams.receive(0, order.content, 0, order.content.length);
  const near = read.keys.map((keys, i) => new Layer(0, suite, i + 1, keys, true));
  const far = answered.keys.map((keys, i) => new Layer(0, suite, i + 1, keys, false));
  const forward = [
    sealed(near, 0, counted(client, 5, 0)),
    sealed(near, REKEY_US, counted(client, 5, 5)),
    sealed(near, REKEY_US, ended(client)),
  ];
  last.streams.granted(1);
  const [, onion1 = '', , onion2 = '', ephemeral2 = '', ephemeral1 = ''] = seeds;
  return {
    onionSeeds: [onion1, onion2],
    ephemeralSeeds: [ephemeral1, ephemeral2],
    statements: statements.map((statement) => toHex(encodeStatement(statement))),
    create: toHex(request.body),
    created: toHex(created),
    forward: forward.map(toHex),
    backward: toHex(sealedBack(far, counted(last, 4, 100))),
  };
}

function keysOf(watched: Suite, n: number): NodeKeys {
  const random = testRandom(n);
  const identity = makeIdentity(watched, random, new Uint8Array(32).fill(n), EPOCH);
  return makeNodeKeys(watched, random, identity, EPOCH);
}

function said({ streams }: StreamEnd): Uint8Array {
  const content = new Uint8Array(CONTENT);
  streams.fill(0, content, 0, CONTENT);
  return content;
}

function counted(end: StreamEnd, length: number, from: number): Uint8Array {
  const octets = Uint8Array.from({ length }, (_, i) => from + i);
  end.streams.push(0, 1, octets, 0, length);
  return said(end);
}

function ended(end: StreamEnd): Uint8Array {
  end.streams.end(1);
  return said(end);
}

function sealed(layers: readonly Layer[], nowUs: number, content: Uint8Array): Uint8Array {
  const cell = new Uint8Array(CELL_SMALL);
  cell.set(content, HOPS);
  sealAll(nowUs, layers, cell, 0, CELL_SMALL);
  return cell;
}

function sealedBack(layers: readonly Layer[], content: Uint8Array): Uint8Array {
  const cell = new Uint8Array(CELL_SMALL);
  cell.set(content, 1);
  layers[1]?.seal(0, cell, 0, CELL_SMALL, FLAG_HERE);
  const outer = new Uint8Array(CELL_SMALL);
  outer.set(cell.subarray(0, liveLen(CELL_SMALL, 2)), 1);
  layers[0]?.seal(0, outer, 0, CELL_SMALL, 0);
  return outer;
}
