import { numberOf, type RedisCaller, replyOf } from './scripts/script.ts';

export interface ForgetOptions {
  readonly redis: RedisCaller;
  /** What all keys of the run begin with. */
  readonly key: string;
  readonly sources: readonly string[];
  /** Milliseconds after which they are gone; 0: at once. */
  readonly keepMs: number;
}

const ofRun = [
  'outcomes',
  'ended',
  'checkpoint',
  'sessions',
  'parts',
  'workers',
  'duty:coordinator',
  'duty:janitor',
  'duty:fold',
];
const ofSource = 'wait hang open claims suspect lists done seen ids recent'.split(' ');

/** Keys that one command removes. */
const keysAtOnce = 500;

/**
 * Removes all keys of a run, or lets them expire. By their names, for they are known: a scan would go through the whole
 * server, and through each node of a cluster.
 */
export async function forgetRun({ redis, key, sources, keepMs }: ForgetOptions): Promise<void> {
  for (const source of sources) {
    await forgetSource(redis, `${key}:s:${source}`, keepMs);
    await remove(
      redis,
      ['state', 'totals'].map((name) => `${key}:s:${source}:${name}`),
      keepMs,
    );
  }
  await remove(
    redis,
    ofRun.map((name) => `${key}:${name}`),
    keepMs,
  );
}

/** How long what is told of a run is still there: it is `gone`, has an `end`, or is there for `ever`. */
export async function keptFor(redis: RedisCaller, key: string): Promise<'gone' | 'end' | 'ever'> {
  const left = numberOf(replyOf(await redis.callBuffer('PTTL', `${key}:checkpoint`)));
  return left === -2 ? 'gone' : left === -1 ? 'ever' : 'end';
}

/** Removes what a source that has ended needs no more: all but where it stands. */
export async function forgetSource(redis: RedisCaller, base: string, keepMs = 0): Promise<void> {
  await remove(
    redis,
    ofSource.map((name) => `${base}:${name}`),
    keepMs,
  );
}

async function remove(redis: RedisCaller, keys: readonly string[], keepMs: number): Promise<void> {
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const some = keys.slice(from, from + keysAtOnce);
    // In the background of the server: a large one does not keep it.
    if (keepMs === 0) await redis.callBuffer('UNLINK', ...some);
    else await Promise.all(some.map((name) => redis.callBuffer('PEXPIRE', name, keepMs)));
  }
}
