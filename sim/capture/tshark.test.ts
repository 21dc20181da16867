// The files in the hands of Wireshark's own reader. Skipped with a reason where there is none.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '#core/base/bytes.ts';
import { Network, PROTOCOL } from '../network/mod.ts';
import { pattern } from '../pump.case.ts';
import { address, type Scene, show } from '../talk.case.ts';
import { World } from '../world.ts';
import { Capture } from './capture.ts';

const TSHARK = '/usr/bin/tshark';
const MS = 1_000_000;
/** A reader may start slowly where other tests run beside it. */
const LIMIT_MS = 60_000;
const CHECKED = ['tcp', 'udp', 'ip'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);

/** What Wireshark calls an error. */
const ERROR = 0x80_0000;

describe('tshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-capture-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach((context) => {
    if (!existsSync(TSHARK)) context.skip(`no tshark at ${TSHARK}`);
  });

  function written(run: (capture: Capture) => void): string {
    const path = join(folder, 'run.pcapng');
    const file = openSync(path, 'w');
    const capture = new Capture((octets) => writeSync(file, octets), 'about the run');
    run(capture);
    capture.end();
    closeSync(file);
    return path;
  }

  /** What it prints, line by line. Whatever it has to complain about the file fails. */
  function ask(path: string, ...args: readonly string[]): readonly string[] {
    const said = spawnSync(TSHARK, ['-r', path, ...CHECKED, ...args], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      maxBuffer: 1 << 28,
    });
    expect([said.status, said.stderr.replace(/^Running as user "root".*\n/, '')]).toEqual([0, '']);
    return said.stdout.replace(/\n$/, '').split('\n');
  }

  const scene: Scene = {
    seed: 'x',
    near: { delayNs: 5 * MS, rateBps: 20_000_000, lossPpm: 20_000 },
    far: { delayNs: 5 * MS, rateBps: 10_000_000, queueBytes: 30_000, duplicatePpm: 5_000 },
    up: pattern(150_000, 1),
    down: pattern(200_000, 2),
  };

  test.each([
    ['IPv4, packets lost and doubled', scene, false],
    [
      'IPv6, and some damaged',
      { ...scene, isV6: true, far: { ...scene.far, damagePpm: 10_000 } },
      true,
    ],
  ] as const)('streams come together as they were sent: %s', (_, one, isDamaged) => {
    const path = written((capture) => show(one, capture));
    const fields = ['_ws.malformed', '_ws.expert.severity', 'tcp.checksum.status', 'frame.comment'];
    const columns = fields.flatMap((field) => ['-e', field]);
    const lines = ask(path, '-T', 'fields', ...columns, '-z', 'follow,tcp,raw,0');
    const end = lines.findIndex((line) => line.startsWith('===='));
    const hex = { up: '', down: '' };
    for (const line of lines.slice(end)) {
      if (/^[0-9a-f]+$/.test(line)) hex.up += line;
      else if (/^\t[0-9a-f]+$/.test(line)) hex.down += line.trim();
    }
    expect(hex).toEqual({ up: toHex(one.up), down: toHex(one.down) });
    const rows = lines.slice(0, end).filter((line) => line !== '');
    let damaged = 0;
    for (const row of rows) {
      const [malformed, severities = '', checksum, comment = ''] = row.split('\t');
      const isBad = comment.startsWith('damaged');
      damaged += isBad ? 1 : 0;
      // 1 is good, 0 is bad. A bad one is an error, and the only one.
      expect([malformed, checksum]).toEqual(['', isBad ? '0' : '1']);
      expect(severities.split(',').some((severity) => Number(severity) >= ERROR)).toBe(isBad);
    }
    expect([rows.length > 300, damaged > 0]).toEqual([true, isDamaged]);
  });

  test('datagrams, and notices that there is no way', () => {
    const path = written((capture) => {
      const world = new World('x', { recorder: capture });
      const network = new Network(world);
      const families = [{ isV6: false }, { isV6: true }];
      const ips = (last: number) => families.map((family) => address(last, family));
      const receiver = { deliver: (packet: number) => network.packets.release(packet) };
      const host = network.addNode('host', ips(1), receiver);
      network.addLink(host, network.addNode('router'), { delayNs: 1234 });
      for (const family of families) {
        for (const protocol of [PROTOCOL.udp, PROTOCOL.tcp]) {
          const packet = network.packets.take();
          network.packets.source[packet] = network.addresses.find(host, address(1, family));
          network.packets.dest[packet] = network.addresses.find(host, address(77, family));
          network.packets.protocol[packet] = protocol;
          network.packets.sourcePort[packet] = 4_000;
          network.packets.destPort[packet] = 9;
          network.packets.length[packet] = protocol === PROTOCOL.udp ? 33 : 0;
          network.send(host, packet);
          world.run(world.nowNs + MS);
        }
      }
    });
    const names = ['frame.time_epoch', 'frame.interface_name', '_ws.malformed', 'udp.srcport'];
    const sums = ['icmp.checksum.status', 'icmpv6.checksum.status'];
    const columns = [...names, 'icmp.type', 'icmpv6.type', ...sums];
    const rows = ask(path, '-T', 'fields', ...columns.flatMap((name) => ['-e', name]));
    expect(rows.map((row) => row.split('\t'))).toEqual([
      ['1767225600.000000000', 'host>router', '', '4000', '', '', '', ''],
      ['1767225600.000001234', 'router>host', '', '4000', '3', '', '1', ''],
      ['1767225600.001000000', 'host>router', '', '', '', '', '', ''],
      ['1767225600.001001234', 'router>host', '', '', '3', '', '1', ''],
      ['1767225600.002000000', 'host>router', '', '4000', '', '', '', ''],
      ['1767225600.002001234', 'router>host', '', '4000', '', '1', '', '1'],
      ['1767225600.003000000', 'host>router', '', '', '', '', '', ''],
      ['1767225600.003001234', 'router>host', '', '', '', '1', '', '1'],
    ]);
  });
});
