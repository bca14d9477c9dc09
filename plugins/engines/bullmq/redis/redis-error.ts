import { SluiceError } from '../../../../core/plugin.ts';

/** Replies and failures after which the same command can succeed: the server restarts, loads, or another takes its place. */
const passing =
  /^(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNKILLABLE|NOREPLICAS)\b|Connection is closed|Failed to refresh slots|All nodes failed|Too many Cluster redirections/;
const socketCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether it was the connection, or the moment, that failed. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return socketCodes.has(codeOf(error)) || passing.test(error.message);
}

/** Replies that say who asked, or for what, is not allowed. */
const refused = /^(?:NOAUTH|WRONGPASS|NOPERM|ERR (?:AUTH|invalid password|Client sent AUTH))/;

/**
 * Makes a `SluiceError` of what a client of Redis threw: `redis_refused` for a login or a permission, `redis_unavailable`
 * for all else. `doing` says what was to be done, `where` at which server.
 */
export function redisError(error: unknown, doing: string, where: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const { message } = reasonOf(error);
  if (refused.test(message)) {
    const hint = 'check the user, the password, and that the user may run all commands on its keys and channels';
    return new SluiceError('redis_refused', `${doing}: Redis at ${where} refuses: ${message}; ${hint}`, {
      cause: withoutCommand(error),
    });
  }
  return new SluiceError('redis_unavailable', `${doing}: Redis at ${where} can’t be used: ${message}`, {
    cause: withoutCommand(error),
    retryable: isPassing(error),
  });
}

/** The failure underneath: clusters wrap it, sockets that tried several addresses list theirs. */
function reasonOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return reasonOf(error.lastNodeError);
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error;
}

/** The client hangs the failed command on its errors, and the arguments of AUTH are the user and the password. */
function withoutCommand(error: unknown): Error {
  const { name, message, stack } = reasonOf(error);
  const copy = new Error(message);
  copy.name = name;
  if (stack !== undefined) copy.stack = stack;
  return copy;
}

function codeOf(error: Error): string {
  const reason = reasonOf(error);
  return 'code' in reason ? String(reason.code) : '';
}
