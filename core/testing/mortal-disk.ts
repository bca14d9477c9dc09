import type { Disk } from '../state/disk.ts';

/** A disk in memory on which a process dies. */
export interface MortalDisk extends Disk {
  /** Operations so far. */
  readonly operations: number;
  /** Whether the process that used it has died: each of its operations fails from then on. */
  readonly dead: boolean;
  /** Processes that used it, this one included. */
  readonly lives: number;
  /** The disk as the next process finds it, which lives for so many operations. Default: it lives on. */
  next(lifetime?: number): MortalDisk;
}

/** Makes an empty disk. Whatever was appended is there after the kill: the machine goes on. */
export function mortalDisk(lifetime = Infinity): MortalDisk {
  return diskOf(new Map(), lifetime, 1);
}

function diskOf(files: Map<string, Uint8Array>, lifetime: number, lives: number): MortalDisk {
  let operations = 0;
  let dead = false;

  function live(): void {
    operations += 1;
    if (operations > lifetime) dead = true;
    if (dead) throw new Error('the process was killed');
  }

  const read = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw Object.assign(new Error(`there is no ${path}`), { code: 'ENOENT' });
    return bytes;
  };

  return {
    get operations() {
      return operations;
    },
    get dead() {
      return dead;
    },
    lives,
    next(again = Infinity) {
      dead = true;
      return diskOf(files, again, lives + 1);
    },
    async append(path) {
      live();
      files.set(path, files.get(path) ?? new Uint8Array());
      return {
        get size() {
          return read(path).length;
        },
        async append(bytes) {
          live();
          files.set(path, Buffer.concat([read(path), bytes]));
        },
        async sync() {
          live();
        },
        async truncate(length) {
          live();
          files.set(path, read(path).slice(0, length));
        },
        async close() {},
      };
    },
    async *read(path) {
      live();
      yield read(path);
    },
    async rename(from, to) {
      live();
      files.set(to, read(from));
      files.delete(from);
    },
    async remove(path) {
      live();
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
    async list(folder) {
      live();
      const names = [...files.keys()].filter((name) => name.startsWith(`${folder}/`));
      return [...new Set(names.map((name) => name.slice(folder.length + 1).split('/')[0] ?? ''))];
    },
    // Folders are what the names of files have in common.
    async makeFolder() {
      live();
    },
  };
}
