import type { Cause, HostEvent } from '#core/host/mod.ts';

/** The code of an error that Node or the system made: `ECONNRESET`; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Why a stream is over, from what the system said. */
export function causeOf(error: unknown): Cause {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EHOSTDOWN':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return 'unreachable';
    case 'ETIMEDOUT':
      return 'timed-out';
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
      return 'limit';
    case 'EACCES':
    case 'EPERM':
      return 'policy';
    default:
      return 'reset';
  }
}

/** Why a listener or a datagram socket is not, from what the system said. */
export function unboundCauseOf(error: unknown): (HostEvent & { kind: 'unbound' })['cause'] {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return 'in-use';
  return causeOf(error) === 'limit' ? 'limit' : 'denied';
}
