import { expect, test } from 'vitest';
import { asciiBytes } from '../base/bytes.ts';
import { STORE_NAME_MAX, STORE_VALUE_MAX } from '../base/limits.ts';
import type { InScene } from './arena.case.ts';
import type { ProbeRoot } from './probe-root.case.ts';

const STORE = Object.freeze({ storeName: 'kept' });

function put(probe: ProbeRoot, key: string, bytes: Uint8Array): void {
  probe.command({ kind: 'put', key, bytes });
}

function append(probe: ProbeRoot, log: string, text: string): void {
  probe.command({ kind: 'append', log, bytes: asciiBytes(text) });
}

/** Values and logs that outlive a root. */
export function describeStore(inScene: InScene): void {
  describeKept(inScene);
  describeUnanswered(inScene);
  describeRefused(inScene);
}

function describeKept(inScene: InScene): void {
  test(
    'a root without a past finds nothing',
    inScene(async (scene) => {
      const { probe } = await scene.party(STORE);
      expect([...probe.store.values.keys(), ...probe.store.logs.keys()]).toEqual([]);
    }),
  );

  test(
    'a value that was answered for is there after a restart, the last one put',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      put(first.probe, 'a.key', asciiBytes('one'));
      put(first.probe, 'a.key', asciiBytes('two'));
      put(first.probe, 'empty', new Uint8Array(0));
      await scene.said(first.probe, 'stored empty');
      await scene.until(() => first.probe.about('a.key').length === 2, 'two answers');
      await first.host.stop();
      const { probe } = await scene.party(STORE);
      expect([...probe.store.values].sort()).toEqual([
        ['a.key', asciiBytes('two')],
        ['empty', new Uint8Array(0)],
      ]);
      expect(first.probe.about('a.key', 'empty').toSorted()).toEqual([
        'stored a.key',
        'stored a.key',
        'stored empty',
      ]);
    }),
  );

  test(
    'appends are answered in order with their place, and places go on after a restart',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      first.probe.together(() => {
        append(first.probe, 'log', 'zero');
        append(first.probe, 'log', '');
        append(first.probe, 'log', 'two');
      });
      await scene.said(first.probe, 'appended log 2');
      expect(first.probe.about('log')).toEqual([
        'appended log 0',
        'appended log 1',
        'appended log 2',
      ]);
      await first.host.stop();
      const { probe } = await scene.party(STORE);
      expect(probe.store.logs.get('log')).toEqual(['zero', '', 'two'].map(asciiBytes));
      append(probe, 'log', 'three');
      await scene.said(probe, 'appended log 3');
    }),
  );

  test(
    'a log and a value of one name are two things',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      put(first.probe, 'name', asciiBytes('value'));
      append(first.probe, 'name', 'record');
      await scene.said(first.probe, 'stored name');
      await scene.said(first.probe, 'appended name 0');
      await first.host.stop();
      const { probe } = await scene.party(STORE);
      expect(probe.store.values.get('name')).toEqual(asciiBytes('value'));
      expect(probe.store.logs.get('name')).toEqual([asciiBytes('record')]);
    }),
  );

  test(
    'what was put is what was given then, whatever becomes of the buffer',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      const bytes = asciiBytes('before');
      put(first.probe, 'key', bytes);
      bytes.fill(0);
      await scene.said(first.probe, 'stored key');
      await first.host.stop();
      const { probe } = await scene.party(STORE);
      expect(probe.store.values.get('key')).toEqual(asciiBytes('before'));
    }),
  );

  test(
    'the largest value is kept',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      put(first.probe, 'a'.repeat(STORE_NAME_MAX), new Uint8Array(STORE_VALUE_MAX).fill(7));
      await scene.said(first.probe, `stored ${'a'.repeat(STORE_NAME_MAX)}`);
      await first.host.stop();
      const { probe } = await scene.party(STORE);
      expect(probe.store.values.get('a'.repeat(STORE_NAME_MAX))?.length).toBe(STORE_VALUE_MAX);
    }),
  );
}

function describeUnanswered(inScene: InScene): void {
  test(
    'writes not answered before the end are there or not, the first ones first, and never torn',
    inScene(async (scene) => {
      const first = await scene.party(STORE);
      const texts = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(5_000));
      put(first.probe, 'key', asciiBytes('old'));
      await scene.said(first.probe, 'stored key');
      first.probe.together(() => {
        for (const text of texts) append(first.probe, 'log', text);
        put(first.probe, 'key', asciiBytes('new'));
      });
      await first.host.stop();
      expect(first.probe.about('log')).toEqual([]);
      const { store } = (await scene.party(STORE)).probe;
      const kept = store.logs.get('log') ?? [];
      expect(kept).toEqual(texts.slice(0, kept.length).map(asciiBytes));
      expect([asciiBytes('old'), asciiBytes('new')]).toContainEqual(store.values.get('key'));
    }),
  );
}

function describeRefused(inScene: InScene): void {
  const devices = ['nul', 'con', 'aux.key', 'prn.a.b', 'com1', 'lpt9.log'];
  const marks = ['..', '.hidden', 'dot.', 'a/b', 'Upper', 'sp ace', 'a~', ''];
  test.each([...marks, ...devices, 'a'.repeat(STORE_NAME_MAX + 1)])(
    'the name "%s" is refused for values and logs',
    (name) =>
      inScene(async (scene) => {
        const { probe } = await scene.party(STORE);
        put(probe, name, asciiBytes('x'));
        append(probe, name, 'x');
        await scene.until(() => probe.lines.length === 3, 'two answers');
        expect(probe.lines.slice(1)).toEqual([`storage-failed ${name}`, `storage-failed ${name}`]);
      })(),
  );

  test(
    'a value or record beyond the bound is refused, and storage goes on',
    inScene(async (scene) => {
      const { probe } = await scene.party(STORE);
      const large = new Uint8Array(STORE_VALUE_MAX + 1);
      put(probe, 'large', large);
      probe.command({ kind: 'append', log: 'large', bytes: large });
      put(probe, 'small', asciiBytes('x'));
      await scene.said(probe, 'stored small');
      await scene.until(() => probe.about('large').length === 2, 'two refusals');
      expect(probe.about('large')).toEqual(['storage-failed large', 'storage-failed large']);
    }),
  );
}
