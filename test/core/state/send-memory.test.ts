import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SendMemory } from '../../../core/contracts/resilience.ts';
import type { SluiceError } from '../../../core/errors.ts';
import { openSendMemory, sendMemoryFile, type SendMemoryOptions } from '../../../core/state/send-memory.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A machine with a date and an uptime that a test sets, and one file on it. */
async function machine({ requests = 3, perMs = 1000 } = {}) {
  const file = join(await temporaryFolder(), 'sends', 'shop.bin');
  const time = { date: Date.UTC(2026, 0, 1), uptime: 50_000 };
  const failures: SluiceError[] = [];
  const pass = (ms: number): void => {
    time.date += ms;
    time.uptime += ms;
  };
  const open = ({ limit, ...change }: Partial<SendMemoryOptions> & { limit?: number } = {}): SendMemory => {
    const memory = openSendMemory({
      file,
      limits: [{ requests: limit ?? requests, perMs }],
      marginMs: 20,
      clock: { date: () => time.date },
      uptime: () => time.uptime,
      onFailure: (error) => failures.push(error),
      ...change,
    });
    onTestFinished(() => memory.close());
    return memory;
  };
  return { file, time, failures, pass, open };
}

/** Ages of all sends that were remembered, oldest first. */
const agesOf = ({ sends }: SendMemory): number[] =>
  sends.flatMap(({ ageMs, count }) => Array.from({ length: count }, () => ageMs));

describe('a memory of sends', () => {
  test('begins empty, in a file for its owner alone', async () => {
    const { file, open, failures } = await machine();
    const memory = open();
    expect([memory.sends, memory.pauseMs, failures]).toEqual([[], 0, []]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(file))).toEqual([basename(file)]);
  });

  test('knows each send of the window after a kill, oldest first, a millisecond younger than the date can tell', async () => {
    const { open, pass } = await machine();
    const killed = open();
    for (const wait of [700, 400, 100]) {
      killed.granted().sent();
      pass(wait);
    }
    // The first has left the window.
    expect(agesOf(open())).toEqual([499, 99]);
  });

  test('counts what was granted and not sent as sent now: it may have been, in the last moment', async () => {
    const { open, pass } = await machine();
    open().granted();
    pass(30_000);
    expect(agesOf(open())).toEqual([0]);
  });

  test('decides what is in question once: lives that follow see it grow older', async () => {
    const { open, pass } = await machine();
    open().granted();
    pass(30_000);
    open();
    pass(600);
    expect(agesOf(open())).toEqual([599]);
    pass(500);
    expect(agesOf(open())).toEqual([]);
  });

  test('forgets what was given back unsent, and keeps what was sent before it was given back', async () => {
    const { open } = await machine();
    const killed = open();
    killed.granted().released();
    const sent = killed.granted();
    sent.sent();
    sent.released();
    expect(agesOf(open())).toEqual([0]);
  });

  test('moves a send that is told again to the later time', async () => {
    const { open, pass } = await machine();
    const note = open().granted();
    note.sent();
    pass(500);
    note.sent();
    pass(300);
    expect(agesOf(open())).toEqual([299]);
  });

  test('a send that is told again after its place went to another is one more', async () => {
    const { open, pass } = await machine({ requests: 1 });
    const killed = open();
    const late = killed.granted();
    late.sent();
    pass(1020);
    killed.granted().sent();
    late.sent();
    expect(agesOf(open())).toEqual([0, 0]);
  });

  test('an unsent one keeps its place however many come and go meanwhile', async () => {
    const { open, pass, file } = await machine({ requests: 2 });
    const killed = open();
    killed.granted();
    const { size } = await stat(file);
    for (let sends = 0; sends < 100; sends++) {
      killed.granted().sent();
      pass(1021);
    }
    expect(agesOf(open())).toEqual([0]);
    expect((await stat(file)).size).toBe(size);
  });

  test('holds a pause, by what is left of it', async () => {
    const { open, pass } = await machine();
    open().paused(60_000);
    pass(20_000);
    expect(open().pauseMs).toBe(40_001);
    pass(30_000);
    expect(open().pauseMs).toBe(10_002);
    pass(20_000);
    expect(open().pauseMs).toBe(0);
  });

  test('no pause is longer than any that is made', async () => {
    const { open } = await machine();
    open().paused(1e15);
    expect(open().pauseMs).toBe(300_000);
    open().paused(Infinity);
    expect(open().pauseMs).toBe(0);
  });

  test('writes nothing after it was closed', async () => {
    const { open, file, failures } = await machine();
    const memory = open();
    const note = memory.granted();
    memory.close();
    const before = await readFile(file);
    note.sent();
    memory.granted();
    memory.paused(1000);
    memory.close();
    expect(await readFile(file)).toEqual(before);
    expect(failures).toEqual([]);
  });
});

describe('clocks', () => {
  test('a date that is set forward lets nothing out of the window', async () => {
    const { open, pass, time } = await machine();
    open().granted().sent();
    pass(200);
    time.date += 86_400_000;
    expect(agesOf(open())).toEqual([200]);
  });

  test('a date that is set back makes sends younger, never forgotten, and once only', async () => {
    const { open, pass, time } = await machine();
    open().granted().sent();
    pass(200);
    time.date -= 86_400_000;
    expect(agesOf(open())).toEqual([0]);
    pass(300);
    expect(agesOf(open())).toEqual([299]);
  });

  test('after a restart of the machine the date counts, and a pause ends as if there had been none', async () => {
    const { open, pass, time } = await machine();
    const killed = open();
    killed.granted().sent();
    killed.paused(5000);
    pass(300);
    time.uptime = 10;
    const memory = open();
    expect([agesOf(memory), memory.pauseMs]).toEqual([[299], 4701]);
  });

  test('the uptime of the machine is the default: the same for all processes, and it goes on', async () => {
    const { file, failures } = await machine();
    // A date that stands still would leave every send in the window.
    const clock = { date: () => 0 };
    const openHere = (): SendMemory =>
      openSendMemory({
        file,
        limits: [{ requests: 3, perMs: 60_000 }],
        marginMs: 0,
        clock,
        onFailure: (one) => failures.push(one),
      });
    const killed = openHere();
    killed.granted().sent();
    const opened = openHere();
    expect([agesOf(opened), failures]).toEqual([[0], []]);
    for (const memory of [killed, opened]) memory.close();
    expect((await readFile(file)).readDoubleLE(2 * 32 + 8)).toBeCloseTo(Number(process.hrtime.bigint()) / 1e6, -4);
  });
});

describe('limits', () => {
  test('a limit that was changed in the config makes no difference to what is remembered', async () => {
    const { open } = await machine({ requests: 4 });
    const killed = open();
    for (let sends = 0; sends < 4; sends++) killed.granted().sent();
    expect(agesOf(open({ limit: 2 }))).toHaveLength(4);
    expect(agesOf(open({ limit: 100 }))).toHaveLength(4);
    expect(agesOf(open({ limit: 1_000_000 }))).toHaveLength(4);
  });

  test('above 4096 a place stands for several sends: a bounded file, and a kill counts a few more than were made', async () => {
    const { open, file, pass } = await machine({ requests: 10_000_000 });
    const killed = open();
    const notes = Array.from({ length: 10_000 }, () => killed.granted());
    for (const note of notes) note.sent();
    expect((await stat(file)).size).toBeLessThan(140_000);
    pass(300);
    const ages = agesOf(open());
    // 2442 in a place; four places are full and their time is known, the fifth is not.
    expect(ages.filter((age) => age === 299)).toHaveLength(4 * 2442);
    expect(ages.filter((age) => age === 0)).toHaveLength(2442);
    pass(1021);
    expect(agesOf(open())).toEqual([]);
  });

  test('a shared place counts what was sent of it, by the last, and is free when all was given back', async () => {
    const { open, pass } = await machine({ requests: 3 * 4096 });
    const killed = open();
    const [first, second, third] = [killed.granted(), killed.granted(), killed.granted()];
    first.sent();
    pass(100);
    second.sent();
    third.released();
    const given = [killed.granted(), killed.granted(), killed.granted()];
    for (const note of given) note.released();
    pass(100);
    expect(agesOf(open())).toEqual([99, 99]);
  });

  test('a place given back while others of its group are to come is handed out again', async () => {
    const { open } = await machine({ requests: 3 * 4096 });
    const killed = open();
    for (let turn = 0; turn < 50; turn++) killed.granted().released();
    for (let sends = 0; sends < 3; sends++) killed.granted().sent();
    expect(agesOf(open())).toHaveLength(3);
  });
});

describe('a file that is not as it was left', () => {
  const whole = [0, 0, 0];

  test.each([
    ['empty', ''],
    ['of something else', 'Dear diary, '.repeat(40)],
    ['a few bytes', 'sluice'],
  ])('%s: the whole limit counts as used right now, and it says so', async (_, text) => {
    const { open, file, failures } = await machine();
    await mkdir(dirname(file));
    await writeFile(file, text);
    expect(agesOf(open()).length).toBe(3);
    expect(failures).toMatchObject([{ code: 'state_failed', message: expect.stringContaining(file) as string }]);
    // And from then on it is one of its own.
    expect(agesOf(open())).toEqual(whole);
    expect(failures).toHaveLength(1);
  });

  test('no regular file, or one beyond any size, is as one of something else', async () => {
    const { open, file, failures } = await machine();
    open();
    await truncate(file, 4_000_001);
    expect(agesOf(open())).toEqual(whole);
    const { open: openLink, file: link, failures: ofLink } = await machine();
    await mkdir(dirname(link));
    await symlink(file, link);
    expect(agesOf(openLink())).toEqual(whole);
    expect([failures.length, ofLink.length]).toEqual([1, 1]);
  });

  test('a record that was cut short counts as a whole limit, the others as they are', async () => {
    const { open, pass, file } = await machine();
    const killed = open();
    for (let sends = 0; sends < 3; sends++) killed.granted().sent();
    pass(100);
    await truncate(file, (await stat(file)).size - 20);
    expect(agesOf(open())).toEqual([99, 99, ...whole]);
  });

  test('whatever one byte is turned into, nothing that was sent is forgotten', async () => {
    const { open, pass, file } = await machine({ requests: 2 });
    const killed = open();
    killed.granted().sent();
    killed.granted().sent();
    pass(100);
    const good = await readFile(file);
    for (let at = 0; at < good.length; at++) {
      for (const change of [1, 128]) {
        const bad = Uint8Array.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        await writeFile(file, bad);
        const memory = open();
        // Rounding hides the lowest bits of an uptime, which are far below a microsecond.
        expect(agesOf(memory).filter((age) => age <= 99.001).length, `${at} ^ ${change}`).toBeGreaterThanOrEqual(2);
        memory.close();
      }
    }
  });
});

describe('a disk that fails', () => {
  test('a folder that can not be made: one word of it, and nothing is lost but the memory', async () => {
    const { open, file, failures } = await machine();
    await writeFile(dirname(file), 'a file where the folder should be');
    const memory = open();
    memory.granted().sent();
    memory.paused(5);
    memory.close();
    expect(failures.map(({ code }) => code)).toEqual(['state_failed', 'state_failed']);
    expect(failures.map(({ message }) => message.includes(file))).toEqual([true, true]);
  });

  test('a file that can not be written anew: what was noted is still kept to', async () => {
    const { open, file, failures } = await machine();
    open().granted().sent();
    await mkdir(`${file}.tmp`);
    const memory = open();
    expect(agesOf(memory)).toEqual([0]);
    memory.granted().sent();
    expect(failures).toHaveLength(1);
  });

  test.runIf(process.platform === 'linux')('a write that fails is told once, however many follow', async () => {
    const { open, file, failures } = await machine();
    const memory = open();
    const note = memory.granted();
    takeAway(file);
    note.sent();
    memory.granted().released();
    memory.paused(5);
    memory.close();
    expect(failures).toMatchObject([{ code: 'state_failed', message: expect.stringContaining(file) as string }]);
  });
});

/** Closes this process's descriptor of `file`, so that the next write to it fails. */
function takeAway(file: string): void {
  const name = readdirSync('/proc/self/fd').find((one) => {
    try {
      return readlinkSync(`/proc/self/fd/${one}`) === file;
    } catch {
      return false;
    }
  });
  closeSync(Number(name));
}

describe('sendMemoryFile', () => {
  const file = (name: string, url = 'https://api.test'): string => sendMemoryFile('/state', { name, baseUrl: url });

  test('is one file in the state folder for whatever name, and one for each name and origin', () => {
    const names = ['shop', 'Shop', 'sh/op', 'sh_op', '../../etc/passwd', '..', '', 'a'.repeat(500), 'naïve\0', 'con'];
    const files = [...names.map((name) => file(name)), file('shop', 'https://other.test')];
    for (const one of files) {
      expect(dirname(one)).toBe('/state/sends');
      expect(basename(one)).toMatch(/^[\w-]{1,75}\.bin$/);
    }
    expect(new Set(files.map((one) => one.toLowerCase())).size).toBe(files.length);
  });

  test('depends on the origin alone, not on path or credentials', () => {
    expect(file('shop', 'https://me:secret@api.test/v2/')).toBe(file('shop'));
    expect(file('shop')).toMatch(/^\/state\/sends\/shop-[0-9a-f]{12}\.bin$/);
  });
});
