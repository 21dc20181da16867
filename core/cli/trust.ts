import type { Trust } from '#core/directory/mod.ts';
import { fromHex } from '../base/bytes.ts';
import { STEWARDS_MAX } from '../base/limits.ts';

// Whose word on the map counts, as people write it: {"threshold": 2, "keys": ["<64 hex digits>", ...]}.

/** What is wrong with something a person wrote, without saying where it stands. */
export type Fault = { readonly fault: string };

/** The trust that a file's text says, or what is wrong with it: where, what, and what is expected. */
export function parseTrust(text: string): Trust | Fault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `${placeOf(error)}: no JSON` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { fault: ': an object is expected: {"threshold": 1, "keys": ["..."]}' };
  const other = Object.keys(value).find((key) => key !== 'threshold' && key !== 'keys');
  if (other !== undefined)
    return { fault: `: only "threshold" and "keys" are expected, not ${JSON.stringify(other)}` };
  const { threshold, keys } = value as { threshold?: unknown; keys?: unknown };
  if (!Array.isArray(keys)) return { fault: ': "keys" must be a list of keys' };
  const read = parseKeys(keys);
  if ('fault' in read) return { fault: `: "keys": ${read.fault}` };
  const most = read.keys.length;
  if (
    typeof threshold !== 'number' ||
    !Number.isInteger(threshold) ||
    threshold < 1 ||
    threshold > most
  )
    return { fault: `: "threshold" must be a whole number from 1 to ${most}, the number of keys` };
  return { keys: read.keys, threshold };
}

/** The trust in keys that were typed: more than half of them must sign. */
export function trustInKeys(texts: readonly string[]): Trust | Fault {
  const read = parseKeys(texts);
  if ('fault' in read) return read;
  return { keys: read.keys, threshold: Math.floor(read.keys.length / 2) + 1 };
}

function parseKeys(texts: readonly unknown[]): { readonly keys: readonly Uint8Array[] } | Fault {
  if (texts.length < 1 || texts.length > STEWARDS_MAX)
    return { fault: `1 to ${STEWARDS_MAX} keys are expected, not ${texts.length}` };
  const keys = new Map<string, Uint8Array>();
  for (const [i, text] of texts.entries()) {
    const key = typeof text === 'string' && text.length === 64 ? fromHex(text) : undefined;
    if (key === undefined) return { fault: `key ${i + 1} is not 64 hex digits` };
    keys.set(`${text}`.toLowerCase(), key);
    if (keys.size !== i + 1) return { fault: `key ${i + 1} is there twice` };
  }
  return { keys: [...keys.values()] };
}

/** `:line:column` where JSON.parse says so. */
function placeOf(error: unknown): string {
  const match = error instanceof Error ? /line (\d+) column (\d+)/.exec(error.message) : null;
  return match === null ? '' : `:${match[1]}:${match[2]}`;
}
