import { describe, expect, it, onTestFinished } from 'vitest';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { JsonValue } from '../../../core/contracts/json.ts';
import type { Disk, DiskFile } from '../../../core/state/disk.ts';
import type { SluiceError } from '../../../core/errors.ts';
import { createDice } from '../../../core/dice.ts';
import { nodeDisk } from '../../../core/state/disk.ts';
import { openLineLog, readLines, type LineLog } from '../../../core/state/line-log.ts';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.ts';
import { fakeDisk, type FakeDisk } from '../../support/fake-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const path = '/state/journal.log';

async function readAll(disk: Disk, from = path): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of readLines(disk, from)) values.push(value);
  return values;
}

interface Opened {
  readonly log: LineLog;
  readonly clock: FakeClock;
  readonly faults: SluiceError[];
}

async function opened(disk: Disk, at = path): Promise<Opened> {
  const clock = fakeClock();
  const faults: SluiceError[] = [];
  const log = await openLineLog({ disk, path: at, clock, fsyncMs: 100, onFault: (error) => faults.push(error) });
  return { log, clock, faults };
}

async function folderWith(bytes: string | Uint8Array): Promise<FakeDisk> {
  const disk = fakeDisk();
  await disk.makeFolder('/state');
  await (await disk.append(path)).append(Buffer.from(bytes));
  return disk;
}

/** The bytes of a log that holds `values`. */
async function bytesOf(...values: readonly JsonValue[]): Promise<string> {
  const disk = await folderWith('');
  const { log } = await opened(disk);
  for (const value of values) log.append(value);
  await log.close();
  return String(disk.contents(path));
}

/** A disk whose files are changed by `change`. */
function withFiles(disk: Disk, change: (file: DiskFile) => Partial<DiskFile>): Disk {
  return {
    ...disk,
    async append(at) {
      const file = await disk.append(at);
      return {
        get size() {
          return file.size;
        },
        append: (bytes) => file.append(bytes),
        sync: () => file.sync(),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
        ...change(file),
      };
    },
  };
}

describe('a line log', () => {
  it('is a line of checksum and JSON for each value', async () => {
    expect(await bytesOf({ a: 1 }, 'é\n')).toBe('561bacaf {"a":1}\n2ec81103 "é\\n"\n');
  });

  it('gives back what it was given, whatever pieces the disk reads in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), fc.nat(), async (values, seed) => {
        const disk = fakeDisk({ dice: createDice(seed) });
        await disk.makeFolder('/state');
        const { log } = await opened(disk);
        for (const value of values) log.append(value);
        await log.close();
        expect(await readAll(disk)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('tells the offset behind each line', async () => {
    const bytes = await bytesOf('one', { two: 2 });
    const disk = await folderWith(bytes);
    const ends: number[] = [];
    for await (const { end } of readLines(disk, path)) ends.push(end);
    expect(ends).toEqual([bytes.indexOf('\n') + 1, bytes.length]);
  });

  it('takes a value as it is at the call', async () => {
    const disk = await folderWith('');
    const { log } = await opened(disk);
    const value = { count: 1 };
    log.append(value);
    value.count = 2;
    await log.flush();
    expect(await readAll(disk)).toEqual([{ count: 1 }]);
  });

  it('writes together what is appended in one turn, and what waits behind a write', async () => {
    const disk = await folderWith('');
    const { log } = await opened(disk);
    const before = disk.operations;
    for (let line = 0; line < 50; line++) log.append(line);
    await log.flush();
    expect(disk.operations - before).toBe(1);
  });

  it('syncs once for all that wait for it', async () => {
    const disk = await folderWith('');
    const { log } = await opened(disk);
    log.append(1);
    const before = disk.operations;
    await Promise.all(Array.from({ length: 20 }, () => log.sync()));
    expect(disk.operations - before).toBe(2);
  });

  it('drops in silence what comes after it was closed', async () => {
    const disk = await folderWith('');
    const { log, faults, clock } = await opened(disk);
    log.append(1);
    await log.close();
    log.append(2);
    await log.close();
    expect(await readAll(disk)).toEqual([1]);
    expect([faults.length, clock.timers]).toEqual([0, 0]);
  });

  it('passes on that there is no file', async () => {
    await expect(readAll(fakeDisk())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the timer of a line log', () => {
  it('has a line synced within fsyncMs of its append, and is not set while nothing is unsynced', async () => {
    const disk = await folderWith('');
    const { log, clock } = await opened(disk);
    expect(clock.timers).toBe(0);
    log.append(1);
    await clock.advance(60);
    log.append(2);
    await clock.advance(39);
    expect(clock.timers).toBe(1);
    await clock.advance(1);
    expect(clock.timers).toBe(0);
    for (let seed = 0; seed < 20; seed++) {
      expect(await readAll(disk.restart({ power: true, dice: createDice(seed) }))).toEqual([1, 2]);
    }
  });

  it('is taken back by a sync', async () => {
    const { log, clock } = await opened(await folderWith(''));
    log.append(1);
    await log.flush();
    expect(clock.timers).toBe(1);
    await log.sync();
    expect(clock.timers).toBe(0);
  });

  it('is not set back by a sync for a line that came while that sync was writing', async () => {
    let release = (): void => undefined;
    const disk = withFiles(await folderWith(''), (file) => ({
      async append(bytes) {
        await new Promise<void>((resolve) => (release = resolve));
        await file.append(bytes);
      },
    }));
    const { log, clock } = await opened(disk);
    log.append(1);
    void log.sync();
    await clock.advance(30);
    log.append(2);
    release();
    await clock.advance(30);
    // The sync is writing the second line now.
    log.append(3);
    await clock.advance(20);
    release();
    await settle();
    release();
    await clock.advance(20);
    expect(await readAll(disk)).toEqual([1, 2, 3]);
    await clock.advance(59);
    expect(clock.timers).toBe(1);
    await clock.advance(1);
    expect(clock.timers).toBe(0);
  });
});

describe('a damaged line log', () => {
  it('loses at most its last line, wherever the file ends', async () => {
    const bytes = Buffer.from(await bytesOf('first', 'second', 'thïrd'));
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = ends.filter((end) => end <= length).length;
      const disk = await folderWith(bytes.subarray(0, length));
      expect(await readAll(disk), `${length} bytes`).toEqual(['first', 'second', 'thïrd'].slice(0, whole));
    }
  });

  it('ends before a last line whose checksum is wrong', async () => {
    const bytes = await bytesOf('first', 'second');
    expect(await readAll(await folderWith(bytes.replace('second', 'secund')))).toEqual(['first']);
  });

  it.each([
    ['a changed letter', (text: string) => text.replace('second', 'secund')],
    ['a lost newline', (text: string) => text.replace('\n', '')],
    ['an empty line', (text: string) => text.replace('\n', '\n\n')],
    ['a line without JSON', (text: string) => text.replace('\n', '\n00000000 \n')],
    [
      'a checksum in capitals',
      (text: string) => text.replace(/[a-f](?=[\da-f]* "second)/, (digit) => digit.toUpperCase()),
    ],
  ])('is refused for %s with good lines behind it, naming file and line', async (_, damage) => {
    const bytes = await bytesOf('first', 'second', 'third', 'fourth');
    expect(damage(bytes)).not.toBe(bytes);
    const disk = await folderWith(damage(bytes));
    const error = { code: 'journal_corrupt', message: expect.stringMatching(/^\/state\/journal\.log, line [12] /) };
    await expect(readAll(disk)).rejects.toMatchObject(error);
    await expect(opened(disk)).rejects.toMatchObject(error);
  });

  it('gives the good lines before it throws', async () => {
    const bytes = await bytesOf('first', 'second', 'third');
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const { value } of readLines(await folderWith(bytes.replace('second', 'secund')), path))
        seen.push(value);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'journal_corrupt' });
    expect(seen).toEqual(['first']);
  });

  it('ends before a block that a power cut left unwritten, though lines behind it were written', async () => {
    const bytes = await bytesOf('first', 'second', 'third');
    expect(await readAll(await folderWith(bytes.replace('"second', '\0\0\0\0\0\0\0')))).toEqual(['first']);
  });

  it('goes on behind the last good line when it is opened again', async () => {
    const bytes = await bytesOf('first', 'second');
    const disk = await folderWith(bytes.slice(0, -3));
    const { log } = await opened(disk);
    log.append('third');
    await log.close();
    expect(await readAll(disk)).toEqual(['first', 'third']);
  });
});

describe('a line log whose disk fails', () => {
  const full = (): Promise<never> => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 }));

  it('tells it once in plain words, rejects what asks for safety, and writes nothing more', async () => {
    let broken = true;
    const inner = await folderWith('');
    const disk = withFiles(inner, (file) => ({ append: (bytes) => (broken ? full() : file.append(bytes)) }));
    const { log, faults, clock } = await opened(disk);
    log.append(1);
    const error = { code: 'state_failed', message: 'no space left on device while writing /state/journal.log' };
    await expect(log.flush()).rejects.toMatchObject(error);
    broken = false;
    log.append(2);
    await expect(log.sync()).rejects.toMatchObject(error);
    await log.close();
    expect(faults).toHaveLength(1);
    expect([inner.contents(path)?.length, clock.timers]).toEqual([0, 0]);
  });

  it('tells a failed sync that only the timer asked for', async () => {
    let broken = false;
    const disk = withFiles(await folderWith(''), (file) => ({ sync: () => (broken ? full() : file.sync()) }));
    const { log, faults, clock } = await opened(disk);
    broken = true;
    log.append(1);
    await log.flush();
    expect(faults).toEqual([]);
    await clock.advance(100);
    expect(faults).toMatchObject([{ code: 'state_failed' }]);
    await log.close();
  });

  it('tells a value that can’t be written, and lets nothing follow the gap', async () => {
    const disk = await folderWith('');
    const { log, faults } = await opened(disk);
    const circle: Record<string, JsonValue> = {};
    circle['self'] = circle;
    log.append(circle);
    log.append(1);
    await log.close();
    expect(faults).toMatchObject([{ code: 'state_failed' }]);
    expect(await readAll(disk)).toEqual([]);
  });

  it('can’t be opened, with the file’s name', async () => {
    await expect(opened(fakeDisk())).rejects.toMatchObject({
      code: 'state_failed',
      message: 'no such file or directory while opening /state/journal.log',
    });
  });
});

type Step = { readonly append: number } | 'flush' | 'sync' | 'wait' | 'turn';

interface Told {
  readonly appended: JsonValue[];
  /** How many of them were said to survive a kill, and a power cut. */
  flushed: number;
  synced: number;
}

/** Lives one life of a log, until the steps are done or the disk dies; what is promised is noted when it is. */
async function live(disk: FakeDisk, steps: readonly Step[], told: Told, life: number): Promise<void> {
  const clock = fakeClock();
  const log = await openLineLog({ disk, path, clock, fsyncMs: 100, onFault: () => undefined });
  // Whatever an earlier life left is safe once the log is open.
  told.synced = told.appended.length;
  const ignore = (): void => undefined;
  for (const step of steps) {
    const count = told.appended.length;
    if (step === 'wait') {
      await clock.advance(100);
      // The clock does not wait for the disk, which takes a few turns.
      await settle();
      if (!disk.dead) told.synced = Math.max(told.synced, count);
    } else if (step === 'turn') await Promise.resolve();
    else if (step === 'flush') {
      void log.flush().then(() => (told.flushed = Math.max(told.flushed, count)), ignore);
    } else if (step === 'sync') {
      void log.sync().then(() => (told.synced = Math.max(told.synced, count)), ignore);
    } else {
      const value = `${life}.${count}${'x'.repeat(step.append)}`;
      told.appended.push(value);
      log.append(value);
    }
    if (disk.dead) break;
  }
  await settle();
}

describe('a line log over crashes', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ append: fc.nat(40) }) },
    fc.constantFrom<Step[]>('flush', 'sync', 'wait', 'turn'),
  );
  const lives = fc.array(
    fc.record({
      steps: fc.array<Step>(step, { maxLength: 15 }),
      crashAfter: fc.oneof(fc.nat(25), fc.constant(Infinity)),
      power: fc.boolean(),
      seed: fc.nat(),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('keeps what it promised, in order, and nothing else, in every life', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (all) => {
        let disk = fakeDisk();
        await disk.makeFolder('/state');
        let before: readonly JsonValue[] = [];
        for (const [life, { steps, crashAfter, power, seed }] of all.entries()) {
          disk = disk.restart({ power: false, crashAfter, dice: createDice(seed) });
          const told: Told = { appended: [...before], flushed: before.length, synced: 0 };
          await live(disk, steps, told, life).catch(() => undefined);
          disk = disk.restart({ power, dice: createDice(seed + 1) });
          const found = disk.contents(path) === undefined ? [] : await readAll(disk);
          expect(found).toEqual(told.appended.slice(0, found.length));
          expect(found.length).toBeGreaterThanOrEqual(power ? told.synced : Math.max(told.flushed, told.synced));
          before = found as JsonValue[];
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its promises at every single crash point, for kills and power cuts', { timeout: 60_000 }, async () => {
    const steps: Step[] = [{ append: 5 }, 'flush', { append: 9 }, 'turn', { append: 2 }, 'sync', 'turn', { append: 1 }];
    steps.push('wait', { append: 3 }, { append: 30 }, 'flush', 'turn', { append: 4 }, 'sync', 'wait');
    const lengths = new Set<number>();
    for (const power of [false, true]) {
      for (let seed = 0; seed < 30; seed++) {
        let died = true;
        for (let crashAfter = 1; died; crashAfter++) {
          const disk = fakeDisk({ crashAfter, dice: createDice(seed) });
          await disk.makeFolder('/state');
          const told: Told = { appended: [], flushed: 0, synced: 0 };
          await live(disk, steps, told, 0).catch(() => undefined);
          died = disk.dead;
          const next = disk.restart({ power, dice: createDice(seed) });
          const found = next.contents(path) === undefined ? [] : await readAll(next);
          expect(found).toEqual(told.appended.slice(0, found.length));
          expect(found.length).toBeGreaterThanOrEqual(power ? told.synced : Math.max(told.flushed, told.synced));
          lengths.add(found.length);
        }
      }
    }
    expect(lengths.size).toBe(steps.filter((each) => typeof each === 'object').length + 1);
  });
});

describe('a line log on the machine’s file system', () => {
  it('keeps lines of megabytes, for its owner alone', async () => {
    const at = join(await temporaryFolder(), 'journal.log');
    const { log } = await opened(nodeDisk, at);
    onTestFinished(() => log.close());
    const values = Array.from({ length: 8 }, (_, index) => ({ index, text: String(index).repeat(1_500_000) }));
    for (const value of values) log.append(value);
    await log.sync();
    expect(await readAll(nodeDisk, at)).toEqual(values);
    expect((await stat(at)).mode & 0o777).toBe(0o600);
  });
});
