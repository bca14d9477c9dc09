import type * as FileSystem from 'node:fs/promises';
import { constants } from 'node:os';

/**
 * The real file system, with faults: `vi.mock('node:fs/promises', …)` puts it in the place of `node:fs/promises`.
 * Reading and looking never fail; what changes something may.
 */
const changes = [
  'open',
  'write',
  'truncate',
  'chmod',
  'datasync',
  'sync',
  'mkdir',
  'copyFile',
  'rename',
  'rm',
] as const;
type Change = (typeof changes)[number];

let fails: { readonly change: Change; readonly code: string } | undefined;
let left = Infinity;
let torn = false;
let open: FileSystem.FileHandle[] = [];

export const disk = {
  /** Lets every change of that kind fail as the system would. */
  fail(change: Change, code: keyof typeof constants.errno): void {
    fails = { change, code };
  },
  /**
   * Kills the process, as far as the disk can tell, at the change after the first `count`: it does not happen, nor does
   * any that follows. `half` lets a write or a copy that is struck happen in part.
   */
  killAfter(count: number, half: boolean): void {
    left = count;
    torn = half;
  },
  /** Whether it was killed. */
  get killed(): boolean {
    return left < 0;
  },
  /** Ends all faults, and closes what a killed process had open. */
  async heal(): Promise<void> {
    fails = undefined;
    left = Infinity;
    for (const handle of open.splice(0)) await handle.close();
  },
};

async function attempt<T>(change: Change, work: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
  if (fails?.change === change) {
    const { code } = fails;
    throw Object.assign(new Error(`${code}: injected, ${change}`), { code, errno: -numberOf(code) });
  }
  if (left-- > 0) return work();
  if (left === -1 && torn) await half?.();
  throw new Error(`killed at ${change}`);
}

function numberOf(code: string): number {
  return Object.entries(constants.errno).find(([name]) => name === code)?.[1] ?? 0;
}

export function faultyDisk(real: typeof FileSystem): typeof FileSystem {
  return {
    ...real,
    open: async (path, flags, mode) => {
      const handle = await attempt('open', () => real.open(path, flags, mode));
      open.push(handle);
      return faultyHandle(handle);
    },
    mkdir: ((path: string, options: object) => attempt('mkdir', () => real.mkdir(path, options))) as typeof real.mkdir,
    rename: (from, to) => attempt('rename', () => real.rename(from, to)),
    rm: (path, options) => attempt('rm', () => real.rm(path, options)),
    copyFile: (from, to, mode) =>
      attempt(
        'copyFile',
        () => real.copyFile(from, to, mode),
        async () => {
          const whole = await real.readFile(from);
          await real.writeFile(to, whole.subarray(0, whole.length / 2));
        },
      ),
  };
}

function faultyHandle(handle: FileSystem.FileHandle): FileSystem.FileHandle {
  const faulty = {
    write: (bytes: Uint8Array, offset: number, length: number, at: number) =>
      attempt(
        'write',
        () => handle.write(bytes, offset, length, at),
        () => handle.write(bytes, offset, Math.floor(length / 2), at),
      ),
    writev: (parts: readonly Uint8Array[], at: number) =>
      attempt(
        'write',
        () => handle.writev(parts, at),
        () =>
          handle.writev(
            parts.slice(0, Math.ceil(parts.length / 2)).map((part) => part.subarray(0, part.length / 2)),
            at,
          ),
      ),
    truncate: (length: number) => attempt('truncate', () => handle.truncate(length)),
    chmod: (mode: number) => attempt('chmod', () => handle.chmod(mode)),
    datasync: () => attempt('datasync', () => handle.datasync()),
    sync: () => attempt('sync', () => handle.sync()),
    read: handle.read.bind(handle),
    stat: handle.stat.bind(handle),
    close: async () => {
      open = open.filter((other) => other !== handle);
      await handle.close();
    },
  };
  // The rest of it is not used.
  return faulty as unknown as FileSystem.FileHandle;
}
