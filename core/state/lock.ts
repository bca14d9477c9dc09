import type { ProcessIdentity } from './process-identity.ts';
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { SluiceError } from '../errors.ts';
import { cleanText } from '../redact.ts';
import { isObject, property } from '../unknown.ts';
import { nodeDisk } from './disk.ts';
import { lifeOf, ownIdentity } from './process-identity.ts';
import { stateError } from './state-error.ts';

/**
 * How two processes never hold one lock:
 *
 * 1. A lock is a file with a holder's identity. It is written under a name of its own and then linked into place, which
 *    fails where there is one: it appears whole, and for one process only.
 * 2. A lock whose holder is gone is never removed to make room: whoever judged it gone a moment ago would remove the
 *    next one. It is replaced, by whoever has the claim to that very lock, in one step.
 * 3. A claim is a lock in its own right (rule 1), under a name made of what the stale lock holds. That content is unique,
 *    so a claim that comes too late is one to something that never comes back, which its holder sees: it looks at the
 *    lock once it has the claim. If it is still the one that it judged, it stays so until replaced: its holder is gone,
 *    and nobody else has the claim.
 * 4. The claim itself is renamed over the lock: the claim ends with the same step that replaces the lock. A claim whose
 *    holder was killed before that step is a stale lock, and is replaced by the same rules.
 */

/** Right to a state folder, until it is given back or the process ends. */
export interface StateLock {
  /** Never rejects: what stays behind is recognised as stale when this process has ended. */
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  /** When it took the lock, in ISO 8601. */
  readonly at: string;
}

/** Turns in which a lock may change under our eyes before we give up. Each means that another process got somewhere. */
const maxTurns = 100;

/** Name of a file that is about to be linked. */
const preparedForm = /^lock\.[0-9a-f-]{36}\.tmp$/;

/**
 * Takes `<folder>/lock`, and makes the folder where there is none. Throws `state_locked` where a living process has it,
 * this one included, or one on another machine; takes over the lock of one that is gone. Throws `state_failed` where the
 * folder can't be written or its file system has no hard links.
 */
export async function takeLock(folder: string): Promise<StateLock> {
  const path = join(resolve(folder), 'lock');
  const id = randomUUID();
  const own = `${path}.${id}.tmp`;
  const content = `${JSON.stringify({ ...(await ownIdentity()), at: new Date().toISOString(), id })}\n`;
  try {
    await nodeDisk.makeFolder(folder);
    const holder = await prepared(own, content, () => take(path, own));
    if (holder !== undefined) throw lockedError(folder, path, holder);
    await sweep(folder);
  } catch (error) {
    throw stateError(error, `locking ${folder}`);
  }
  return {
    async release() {
      try {
        // Somebody may have removed the lock by hand, and another process taken it since.
        if ((await read(path)) === content) await rm(path, { force: true });
      } catch {
        // The run is over and its outcome known: this must not change it.
      }
    },
  };
}

/** Whether a living process has the lock of a folder. */
export async function isLocked(folder: string): Promise<boolean> {
  const found = await read(join(resolve(folder), 'lock'));
  const holder = found === undefined ? undefined : parseHolder(found);
  return holder !== undefined && (await lifeOf(holder)) !== 'gone';
}

/** Runs `work` while the file `own` is there to be linked. */
async function prepared<T>(own: string, content: string, work: () => Promise<T>): Promise<T> {
  try {
    await writeFile(own, content, { flag: 'wx', mode: 0o600 });
    return await work();
  } finally {
    await rm(own, { force: true });
  }
}

/** Puts a link to the file `own` at `path`; returns who is there instead where that is not for us to replace. */
async function take(path: string, own: string): Promise<Holder | undefined> {
  for (let turn = 0; turn < maxTurns; turn++) {
    if (await linked(own, path)) return undefined;
    const found = await read(path);
    // Given back since.
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && (await lifeOf(holder)) !== 'gone') return holder;

    const claim = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
    const rival = await take(claim, own);
    if (rival !== undefined) return rival;
    if ((await read(path)) === found) {
      await rename(claim, path);
      return undefined;
    }
    await rm(claim, { force: true });
  }
  throw new Error(`${path} changed ${maxTurns} times`);
}

/**
 * Removes what processes were about to link when they were killed: under a supervisor that kills often, it adds up. What a
 * living one has is its own. Never rejects: what stays is in nobody's way.
 */
async function sweep(folder: string): Promise<void> {
  try {
    for (const name of await nodeDisk.list(folder)) {
      if (!preparedForm.test(name)) continue;
      const path = join(resolve(folder), name);
      const holder = parseHolder((await read(path)) ?? '');
      if (holder !== undefined && (await lifeOf(holder)) === 'gone') await rm(path, { force: true });
    }
  } catch {
    // Somebody's rights on them differ from ours.
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (property(error, 'code') === 'EEXIST') return false;
    throw error;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (property(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
}

/** Who holds a lock; undefined for what no process wrote as one: it can be empty after a power cut. */
function parseHolder(text: string): Holder | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const { host, pid, startedAt, bootId, at } = parsed;
  if (typeof host !== 'string' || typeof pid !== 'number' || !isPid(pid)) return undefined;
  const orNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { host, pid, startedAt: orNull(startedAt), bootId: orNull(bootId), at: orNull(at) ?? 'an unknown time' };
}

/** 0 and below stand for groups of processes, and no system goes beyond 31 bits. */
function isPid(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < 2 ** 31;
}

function lockedError(folder: string, path: string, { host, pid, at }: Holder): SluiceError {
  const since = cleanText(at, 40);
  if (host !== hostname()) {
    return new SluiceError(
      'state_locked',
      [
        `${folder} is in use by process ${pid} on the machine "${cleanText(host, 100)}" since ${since}`,
        `whether that one still runs can't be seen from here: if it does not, remove ${path} and start again`,
      ].join('\n'),
    );
  }
  return new SluiceError(
    'state_locked',
    [
      pid === process.pid
        ? `${folder} is in use by another run of this process (${pid}) since ${since}`
        : `${folder} is in use by process ${pid} since ${since}`,
      'wait until that run has ended, stop it, or give this one a state folder of its own',
    ].join('\n'),
  );
}
