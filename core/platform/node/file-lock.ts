import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY of sqlite3.h; what stands above eight bits says why. */
const BUSY = 5;

/**
 * Holds a file for this process alone until the answer is called; undefined when somebody holds it. The file is made,
 * stays empty and stays there: removing it would let two hold files of one name. The lock is the operating system's:
 * it ends with its process, whatever ends that, and knows no process numbers, which containers and restarts share.
 * SQLite is how Node comes by one. Throws what the system says where there are none.
 */
export function holdFile(path: string): (() => void) | undefined {
  if (!existsSync(path)) writeFileSync(path, '', { flag: 'a', mode: 0o600 });
  // Not defensive: that would keep a journal whatever is asked for.
  const file = new DatabaseSync(path, { timeout: 0, defensive: false });
  try {
    // Nothing is ever written, so there is nothing to keep a journal of.
    file.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY) return undefined;
    throw error;
  }
  return () => file.close();
}
