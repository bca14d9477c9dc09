import { cleanText, SluiceError, type ErrorCode } from '../core/index.ts';
import { exitCodes } from './exit-codes.ts';
import { failureLine } from './failure-text.ts';
import { withoutSecrets } from './known-secrets.ts';

/** What a user can put right before anything is requested. */
const usageCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'config_not_found',
  'config_invalid',
  'env_missing',
  'plugin_not_found',
  'plugin_invalid',
  'plugin_not_reachable',
  'plugin_incompatible',
  'library_missing',
  'state_locked',
  'state_failed',
  'journal_corrupt',
  'run_not_found',
  'run_not_resumable',
  'history_missing',
  'query_failed',
  'recording_failed',
  'worker_refused',
  'library_missing',
  'redis_refused',
  'redis_unavailable',
  'redis_unfit',
]);

/** How a failure is told. */
export interface FailureView {
  readonly json: boolean;
  /** Shows where it was thrown, and its causes; undefined for a command that can't be told to. */
  readonly debug: boolean | undefined;
}

/** Reads from a command line how its failures are to be told, even where it can't be parsed. */
export function viewOf(args: readonly string[]): FailureView {
  const json = args.includes('--json');
  if (!args.includes('run')) return { json, debug: undefined };
  return { json, debug: /(?:^| )--log-level[= ]debug(?: |$)/.test(args.join(' ')) };
}

export interface Failure {
  /** Ends in a newline. */
  readonly text: string;
  readonly exitCode: number;
}

/** Puts what a command threw into words: the message for what the user can change, one line for anything else. */
export function describeFailure(thrown: unknown, view: FailureView): Failure {
  const usage = thrown instanceof SluiceError && usageCodes.has(thrown.code);
  const code = thrown instanceof SluiceError ? thrown.code : 'internal_error';
  const message = withoutSecrets(thrown instanceof Error ? thrown.message : String(thrown));
  const exitCode = usage ? exitCodes.usage : exitCodes.failed;
  const details = view.debug === true && thrown instanceof Error ? stackOf(thrown) : [];
  if (view.json) {
    return { text: failureLine({ code, message, ...(view.debug === true && { details }) }), exitCode };
  }
  // Messages about a config come ready with their lines; an unexpected one may hold anything.
  const lines = usage ? message.split('\n').map(cleanLine) : [cleanText(message)];
  const hint =
    usage || view.debug !== false ? [] : ['Run it again with --log-level debug to see where this came from.'];
  return { text: [`error: ${lines.join('\n')}`, ...details, ...hint, ''].join('\n'), exitCode };
}

/** Causes that are told: they may go in circles. */
const mostCauses = 10;

function stackOf(thrown: Error, causes = mostCauses): string[] {
  // Before it is cut into lines: a secret may have several.
  const lines = withoutSecrets(thrown.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '));
  const cause =
    thrown.cause instanceof Error && causes > 0
      ? [`caused by: ${withoutSecrets(thrown.cause.message)}`, ...stackOf(thrown.cause, causes - 1)]
      : [];
  return [...lines.map(cleanLine), ...cause.map(cleanLine)];
}

/** Cleans a line without losing the spaces that indent it. */
function cleanLine(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + cleanText(line);
}
