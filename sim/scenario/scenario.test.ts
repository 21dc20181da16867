import { describe, expect, test } from 'vitest';
import {
  type Assertion,
  isCaught,
  type OracleName,
  PLANTS,
  type PlantName,
  plantsOf,
  resolveSettings,
  type Scenario,
} from './mod.ts';

const SCENARIO: Scenario = Object.freeze<Scenario>({
  name: 'small',
  about: '',
  params: { octets: { default: 1, min: 0, max: 9, unit: 'octets', about: '' } },
  plan: () => ({ hosts: [], links: [], flows: [], limitMs: 1 }),
  mustHold: ['delivered', 'sealed'],
});
const NAMES = Object.keys(PLANTS) as readonly PlantName[];
/** What every object has without having been given it. */
const INHERITED = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf'];

function failed(name: OracleName, detail = ''): Assertion {
  return { name, kind: 'always', ok: false, detail };
}

describe('a plant is caught', () => {
  test.each(NAMES)('%s: by its own oracle and by no other', (plant) => {
    const { caughtBy } = PLANTS[plant];
    const own = failed(caughtBy, `the core touched: ${plant}`);
    const others = NAMES.map((name) => PLANTS[name].caughtBy).filter((name) => name !== caughtBy);
    expect(isCaught(plant, [own])).toBe(true);
    expect(isCaught(plant, [{ ...own, ok: true }, ...others.map((name) => failed(name))])).toBe(
      false,
    );
    expect(isCaught(plant, [])).toBe(false);
  });

  test('what is ambient is named as what it is', () => {
    const seen = [failed('delivered'), failed('nothing-ambient', 'the core touched: promise')];
    expect(NAMES.filter((plant) => isCaught(plant, seen))).toEqual(['short-octet', 'promise']);
  });
});

describe('settings', () => {
  test.each(['octets=5', 'plant=skip-seal'])('%s may be said once', (setting) => {
    const name = setting.split('=')[0];
    for (const other of [setting, `${name}=7`])
      expect(resolveSettings(SCENARIO, [setting, other])).toEqual({
        fault: `"${name}" is set twice`,
      });
  });

  test.each(INHERITED)('%s is neither a plant nor a parameter', (name) => {
    for (const setting of [`plant=${name}`, `${name}=1`])
      expect(resolveSettings(SCENARIO, [setting])).toHaveProperty('fault');
  });

  test.each(NAMES)('%s is taken where it can be shown, and else the others are named', (plant) => {
    const shown = plantsOf(SCENARIO);
    const resolved = resolveSettings(SCENARIO, [`plant=${plant}`]);
    if (shown.includes(plant)) expect(resolved).toMatchObject({ plant });
    else {
      const fault = `small cannot show the plant "${plant}"; it can show ${shown.join(', ')}`;
      expect(resolved).toEqual({ fault });
    }
  });
});
