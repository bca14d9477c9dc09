import { type ErrorCode, SluiceError } from '../errors.ts';
import { nearest } from '../registry/nearest.ts';

/** Keys and indexes that lead to a place in a config. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong with a config. */
export interface ConfigIssue {
  readonly code: ErrorCode;
  /** Such as `sources[1].rateLimit.requests`; empty for the config as a whole. */
  readonly path: string;
  /** What is wrong, and what was found. */
  readonly problem: string;
  /** What is allowed, what was most likely meant, what to do: one line each. */
  readonly hints: readonly string[];
}

/** A path as one would write it in code. */
export function pathText(path: ConfigPath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (text === '') text = key;
    else text += /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return text;
}

/** Turns an error into an issue: its first line is the problem, further lines are hints. */
export function issueOf(path: ConfigPath, error: SluiceError): ConfigIssue {
  const [problem = '', ...hints] = error.message.split('\n');
  return { code: error.code, path: pathText(path), problem, hints };
}

/** A name that nothing has, with those that there are. `what` says of what kind it is. */
export function notKnown(path: string, what: string, name: string, known: readonly string[]): ConfigIssue {
  const meant = nearest(name, known);
  return {
    code: 'config_invalid',
    path,
    problem: `there is no ${what} "${name}"`,
    hints: [
      ...(meant === undefined ? [] : [`did you mean "${meant}"?`]),
      `allowed: ${known.length === 0 ? 'none' : [...new Set(known)].join(', ')}`,
    ],
  };
}

/** One error that lists every issue, as a compiler does; `configIssues` gives them back. */
export function configError(issues: readonly ConfigIssue[], where: string): SluiceError {
  const count = issues.length === 1 ? '1 problem' : `${issues.length} problems`;
  const blocks = issues.map(({ path, problem, hints }) =>
    [`  ${path === '' ? problem : `${path}: ${problem}`}`, ...hints.map((hint) => `      ${hint}`)].join('\n'),
  );
  return new SluiceError('config_invalid', [`${count} in ${where}`, ...blocks].join('\n\n'), { cause: issues });
}

/** The issues that a `config_invalid` lists; none for any other error. */
export function configIssues(error: unknown): readonly ConfigIssue[] {
  if (!(error instanceof SluiceError) || error.code !== 'config_invalid' || !Array.isArray(error.cause)) return [];
  return error.cause as readonly ConfigIssue[];
}
