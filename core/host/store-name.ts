import { STORE_NAME_MAX, STORE_VALUE_MAX } from '../base/limits.ts';
import type { HostCommand } from './contract.ts';

/** Devices of Windows, which hides them behind any extension. */
const DEVICE = /^(?:aux|con|nul|prn|com[0-9]|lpt[0-9])(?:\.|$)/;

/** Whether a key or log may be called so: on every system a file of that name is its own. */
export function isStoreName(name: string): boolean {
  if (name.length > STORE_NAME_MAX || DEVICE.test(name)) return false;
  return /^[a-z0-9-](?:[a-z0-9.-]*[a-z0-9-])?$/.test(name);
}

/** Why any host refuses to store this, or undefined. */
export function storeRefusal(
  command: HostCommand & { readonly kind: 'put' | 'append' },
): string | undefined {
  if (!isStoreName(command.kind === 'put' ? command.key : command.log))
    return 'not a name for storage';
  return command.bytes.length > STORE_VALUE_MAX ? 'too long for storage' : undefined;
}
