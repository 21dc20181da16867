import type { Endpoint, HostEvent } from '#core/host/mod.ts';
import { UserFault } from '#core/platform/mod.ts';
import { formatEndpoint } from '#core/wire/mod.ts';

// How a program ends. 0: it was told to; 2: what was typed is no command of ours (UsageFault); 78: something it was
// given is wrong, so starting again will not help (UserFault, EX_CONFIG of sysexits); 1: anything else, so it may.

/** The command line is wrong. One line: what, and what is expected. */
export class UsageFault extends Error {}

/** Something outside is in the way, and may be gone at the next start. One line. */
class RunFault extends Error {}

/** The status for what a command threw; undefined for what is a bug of ours. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof UsageFault) return 2;
  if (error instanceof UserFault) return 78;
  return error instanceof RunFault ? 1 : undefined;
}

/** Why nobody can come, as the fault it is. */
export function listenFault(
  at: Endpoint,
  cause: (HostEvent & { kind: 'unbound' })['cause'],
): Error {
  const what = `cannot listen at ${formatEndpoint(at)}`;
  if (cause === 'in-use')
    return new RunFault(`${what}: another program does; stop it, or name another port`);
  if (cause === 'limit') return new RunFault(`${what}: this machine has no room`);
  return new UserFault(`${what}: not permitted, or no address of this machine`);
}

/** What must outlast a start could not be kept. */
export function storeFault(folder: string, reason: string): Error {
  return new RunFault(`cannot write in ${folder}: ${reason}; make room, or name another folder`);
}
