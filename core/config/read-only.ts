import type { ConfigIssue } from './issues.ts';
import type { RoutedSinks } from './resolve-routes.ts';

/** What keeps a config from being looked at, and what it has for that. */
export interface Readable {
  readonly issues: readonly ConfigIssue[];
  readonly sinks: RoutedSinks['sinks'];
}

/**
 * What is left of a config where only kept runs are looked at: nothing is written, so a sink with anything wrong, such as a
 * variable or a package that only the machine of the runs has, is left out; and nobody is asked, so what a source lacks of
 * the environment is missing to nobody.
 */
export function readableOf({ issues, sinks }: Readable, unset: readonly ConfigIssue[]): Readable {
  const wrong = new Set(issues.map(({ path }) => sinkIndex(path)));
  return {
    issues: issues.filter(
      (issue) => sinkIndex(issue.path) === undefined && !(issue.path.startsWith('sources[') && unset.includes(issue)),
    ),
    sinks: sinks.filter(({ draft }) => !wrong.has(draft.index)),
  };
}

/** Undefined for what is no sink's. */
function sinkIndex(path: string): number | undefined {
  const found = /^sinks\[(\d+)\]/.exec(path)?.[1];
  return found === undefined ? undefined : Number(found);
}
