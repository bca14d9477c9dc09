/**
 * Names of the keys in Redis. What one script touches lies under one hash tag, `{…}`, so that a Redis Cluster keeps it on
 * one node.
 */
export interface RunKeys {
  /** What all keys of the run begin with, without a colon at the end: the prefix of its queue, too. */
  readonly prefix: string;
  /** A key of the run. */
  key(this: void, ...parts: readonly string[]): string;
}

/** The keys of one run of a queue. */
export function runKeys(queue: string, runId: string): RunKeys {
  const prefix = `{${queue}:${runId}}`;
  return { prefix, key: (...parts) => [prefix, ...parts].join(':') };
}

/** The hash of all runs of a queue. */
export function runsKey(queue: string): string {
  return `{${queue}}:runs`;
}

/** A key of what holds back the requests to one upstream: it lives longer than a run. */
export function limitKey(queue: string, identity: string, part: string): string {
  return `{${queue}:limit:${identity}}:${part}`;
}
