import { dirname, resolve } from 'node:path';
import type { Disk, DiskFile } from '../../core/state/disk.ts';
import { createDice, type Dice } from '../../core/dice.ts';

export interface FakeDiskOptions {
  /** The process dies in the operation after this many. Default: it lives. */
  readonly crashAfter?: number;
  /**
   * Makes operations take a while, so that several may be under way when the process dies, and reads come in pieces.
   * Default: each takes effect when it is called, and reads give the whole file.
   */
  readonly dice?: Dice;
}

export interface RestartOptions extends FakeDiskOptions {
  /** Whether the machine crashed (what was not synced may be lost), or the process alone was killed. */
  readonly power: boolean;
}

/** A disk in memory that crashes. Every call counts as one operation, a read as one when it begins. */
export interface FakeDisk extends Disk {
  /** Operations begun so far. */
  readonly operations: number;
  /** Whether the process has died: every operation fails from then on. */
  readonly dead: boolean;
  /**
   * Ends this life, and gives the disk as the next one finds it. The same chance gives the same disk; may be called
   * again for another outcome.
   */
  restart(options: RestartOptions): FakeDisk;
  /** What a file holds; undefined where there is none. No operation. */
  contents(path: string): Buffer | undefined;
  /** Paths of all files. No operation. */
  paths(): readonly string[];
}

type Change = { readonly append: Uint8Array } | { readonly truncate: number };

interface Inode {
  bytes: Buffer;
  /** What a power cut leaves at least. */
  synced: Buffer;
  /** What happened since. */
  changes: Change[];
}

interface World {
  readonly files: Map<string, Inode>;
  readonly folders: Set<string>;
}

/** Does a part of an operation, as chance will have it. */
type Partly = (world: World, dice: Dice, nowOf: (inode: Inode) => Inode) => void;

export function fakeDisk(options: FakeDiskOptions = {}): FakeDisk {
  return diskOn({ files: new Map(), folders: new Set(['/', resolve('.')]) }, options);
}

function diskOn(world: World, { crashAfter = Infinity, dice }: FakeDiskOptions): FakeDisk {
  let operations = 0;
  let dead = false;
  const underWay = new Set<Partly>();

  function assertAlive(): void {
    if (dead) throw new Error('the process is dead');
  }

  async function perform<T>(wholly: () => T, partly: Partly): Promise<T> {
    assertAlive();
    operations++;
    underWay.add(partly);
    if (operations > crashAfter) dead = true;
    for (let turns = dice?.int(0, 4) ?? 0; turns > 0; turns--) await Promise.resolve();
    assertAlive();
    underWay.delete(partly);
    return wholly();
  }

  /** For an operation that is done as a whole or not at all. */
  const perhaps = (work: (world: World) => unknown) =>
    perform(
      () => work(world),
      (next, chance) => chance.int(0, 1) === 1 && quietly(() => work(next)),
    );

  return {
    get operations() {
      return operations;
    },
    get dead() {
      return dead;
    },
    async append(path) {
      const file = resolve(path);
      await perhaps((now) => openIn(now, file));
      return fileOn(openIn(world, file), perform);
    },
    async *read(path) {
      const file = resolve(path);
      const bytes = await perform(
        () => Buffer.from(world.files.get(file)?.bytes ?? missing(path)),
        () => undefined,
      );
      for (let at = 0, end: number; at < bytes.length; at = end) {
        end = Math.min(bytes.length, at + (dice?.int(1, 1 + bytes.length) ?? bytes.length));
        assertAlive();
        yield bytes.subarray(at, end);
      }
    },
    async rename(from, to) {
      await perhaps((now) => renameIn(now, resolve(from), resolve(to)));
    },
    remove(path) {
      const folder = resolve(path);
      const gone = (name: string): boolean => name === folder || name.startsWith(`${folder}/`);
      return perform(
        () => {
          for (const name of world.files.keys()) if (gone(name)) world.files.delete(name);
          for (const name of world.folders) if (gone(name)) world.folders.delete(name);
        },
        ({ files }, chance) => {
          for (const name of files.keys()) if (gone(name) && chance.int(0, 1) === 1) files.delete(name);
        },
      );
    },
    list(path) {
      const names = (): string[] =>
        [...world.files.keys(), ...world.folders].filter((name) => dirname(name) === resolve(path) && name !== '/');
      return perform(
        () => names().map((name) => name.slice(dirname(name).length).replace(/^\//, '')),
        () => undefined,
      );
    },
    async makeFolder(path) {
      await perhaps(({ folders }) => {
        for (let folder = resolve(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
      });
    },
    restart({ power, ...next }) {
      dead = true;
      const chance = next.dice ?? createDice(0);
      const copies = new Map([...world.files.values()].map((inode) => [inode, copyOf(inode)]));
      const files = new Map([...world.files].map(([path, inode]) => [path, copies.get(inode) ?? inode]));
      const found: World = { files, folders: new Set(world.folders) };
      for (const partly of underWay) partly(found, chance, (inode) => copies.get(inode) ?? copyOf(inode));
      if (power) for (const inode of found.files.values()) cutPower(inode, chance);
      return diskOn(found, next);
    },
    contents: (path) => world.files.get(resolve(path))?.bytes,
    paths: () => [...world.files.keys()].toSorted(),
  };
}

function fileOn(inode: Inode, perform: <T>(wholly: () => T, partly: Partly) => Promise<T>): DiskFile {
  const change = (whole: Change, part: (chance: Dice) => Change | undefined): Promise<void> =>
    perform(
      () => changeIn(inode, whole),
      (_world, chance, nowOf) => {
        const done = part(chance);
        if (done !== undefined) changeIn(nowOf(inode), done);
      },
    );
  return {
    get size() {
      return inode.bytes.length;
    },
    append(bytes) {
      const taken = Uint8Array.from(bytes);
      return change({ append: taken }, (chance) => ({ append: taken.subarray(0, chance.int(0, taken.length)) }));
    },
    truncate: (length) =>
      change({ truncate: length }, (chance) => (chance.int(0, 1) === 1 ? { truncate: length } : undefined)),
    sync() {
      // What comes while it is under way may be synced or not.
      const bytes = Buffer.from(inode.bytes);
      const { length } = inode.changes;
      const settle = (file: Inode): void => {
        file.synced = bytes;
        file.changes = file.changes.slice(length);
      };
      return perform(
        () => settle(inode),
        (_world, chance, nowOf) => chance.int(0, 1) === 1 && settle(nowOf(inode)),
      );
    },
    close: () =>
      perform(
        () => undefined,
        () => undefined,
      ),
  };
}

function missing(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: 'ENOENT', errno: -2 });
}

function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    // The process did not live to see it.
  }
}

function openIn({ files, folders }: World, path: string): Inode {
  if (!folders.has(dirname(path))) missing(path);
  const inode = files.get(path) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0), changes: [] };
  files.set(path, inode);
  return inode;
}

function renameIn({ files, folders }: World, from: string, to: string): void {
  if ((!files.has(from) && !folders.has(from)) || !folders.has(dirname(to))) missing(from);
  const moved = (name: string): boolean => name === from || name.startsWith(`${from}/`);
  for (const [name, inode] of files) {
    if (moved(name) && files.delete(name)) files.set(to + name.slice(from.length), inode);
  }
  for (const name of folders) {
    if (moved(name) && folders.delete(name)) folders.add(to + name.slice(from.length));
  }
}

function changeIn(inode: Inode, change: Change): void {
  inode.bytes = applied(inode.bytes, change);
  inode.changes.push(change);
}

function applied(bytes: Buffer, change: Change): Buffer {
  return Buffer.from('append' in change ? Buffer.concat([bytes, change.append]) : bytes.subarray(0, change.truncate));
}

function copyOf({ bytes, synced, changes }: Inode): Inode {
  return { bytes, synced, changes: [...changes] };
}

/** Leaves some of what was not synced: the first changes, a part of the next, now and then with a block never written. */
function cutPower(inode: Inode, dice: Dice): void {
  const kept = dice.int(0, inode.changes.length);
  let left = inode.synced;
  let untouched = left.length;
  for (const [index, change] of inode.changes.entries()) {
    if (index > kept) break;
    if (index < kept) left = applied(left, change);
    else if ('append' in change)
      left = Buffer.concat([left, change.append.subarray(0, dice.int(0, change.append.length))]);
    untouched = Math.min(untouched, left.length);
  }
  if (dice.int(0, 3) === 0)
    left.fill(0, dice.int(untouched, left.length), left.length - dice.int(0, left.length - untouched));
  inode.bytes = left;
  inode.synced = left;
  inode.changes = [];
}
