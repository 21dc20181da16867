// A name in a folder is durable when the folder is. Windows has no such call, and needs none.
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

const HAS_NONE: boolean = process.platform === 'win32';

/** Makes the names in a folder durable before it returns. */
export function syncFolderNow(folder: string): void {
  if (HAS_NONE) return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same without waiting in it. */
export async function syncFolder(folder: string): Promise<void> {
  if (HAS_NONE) return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
