import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { property } from '../unknown.ts';

/** Which process, on which machine: a pid alone is given to another process sooner or later. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** As the system tells it: ticks since the boot on Linux, a date elsewhere. Null where it does not tell. */
  readonly startedAt: string | null;
  /** Changes with every boot of the machine, on Linux; null elsewhere. */
  readonly bootId: string | null;
}

/** Whether a process still runs; `unknown` for one on another machine. */
export type Life = 'alive' | 'gone' | 'unknown';

export async function ownIdentity(): Promise<ProcessIdentity> {
  const [seen, bootId] = await Promise.all([look(process.pid), readBootId()]);
  return { host: hostname(), pid: process.pid, startedAt: seen?.startedAt ?? null, bootId };
}

/** Tells whether the very process still runs. In doubt it does: to wait for nobody is better than to disturb somebody. */
export async function lifeOf({ host, pid, startedAt, bootId }: ProcessIdentity): Promise<Life> {
  if (host !== hostname()) return 'unknown';
  const booted = await readBootId();
  if (bootId !== null && booted !== null && bootId !== booted) return 'gone';
  if (!exists(pid)) return 'gone';
  const seen = await look(pid);
  if (seen?.ended === true) return 'gone';
  return seen === undefined || startedAt === null || seen.startedAt === startedAt ? 'alive' : 'gone';
}

/** Asks by a signal that is not sent. A process of another user may not be signalled, and is there nevertheless. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return property(error, 'code') !== 'ESRCH';
  }
}

interface Seen {
  readonly startedAt: string;
  /** It has ended, and its parent has not asked for its exit code yet. */
  readonly ended: boolean;
}

/** What the system tells of a process; undefined where it tells nothing. */
async function look(pid: number): Promise<Seen | undefined> {
  try {
    return process.platform === 'linux' ? await readProc(pid) : await askPs(pid);
  } catch {
    return undefined;
  }
}

/** Fields 3 and 22 of `/proc/<pid>/stat` (proc(5)). Field 2 is the name, in parentheses, and may hold any character. */
async function readProc(pid: number): Promise<Seen | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  return state === undefined || startedAt === undefined ? undefined : { startedAt, ended: /^[ZXx]/.test(state) };
}

async function askPs(pid: number): Promise<Seen | undefined> {
  // The date is told in the zone and the language of whoever asks: two that ask must be told the same.
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
  const { stdout } = await promisify(execFile)('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { env });
  const [, state, startedAt] = /^\s*(\S+)\s+(\S.*\S)\s*$/.exec(stdout) ?? [];
  return state === undefined || startedAt === undefined ? undefined : { startedAt, ended: state.startsWith('Z') };
}

async function readBootId(): Promise<string | null> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  } catch {
    return null;
  }
}
