import { describe, expect, it, onTestFinished } from 'vitest';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject } from '../../../core/unknown.ts';
import { takeLock } from '../../../core/state/lock.ts';
import { ownIdentity, type ProcessIdentity } from '../../../core/state/process-identity.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = fileURLToPath(new URL('./lock-taker.mjs', import.meta.url));

interface Taker {
  readonly child: ChildProcess;
  take(folder: string): Promise<string>;
  release(): Promise<string>;
}

/** Another process that can take locks. */
async function startTaker(): Promise<Taker> {
  const child = fork(script, { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answer = async (): Promise<string> => String((await once(child, 'message'))[0]);
  await answer();
  return {
    child,
    take(folder) {
      child.send({ take: folder });
      return answer();
    },
    release() {
      child.send({});
      return answer();
    },
  };
}

async function kill({ child }: Taker): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Of a process that was here and is not any more. */
async function goneIdentity(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return { ...(await ownIdentity()), pid: child.pid ?? 0, startedAt: '1' };
}

let planted = 0;
async function plant(path: string, identity: ProcessIdentity): Promise<string> {
  const text = `${JSON.stringify({ ...identity, at: '2026-01-31T12:00:00.000Z', id: `planted-${planted++}` })}\n`;
  // In one step, as a lock appears.
  await writeFile(`${path}~`, text);
  await rename(`${path}~`, path);
  return text;
}

async function heldBy(folder: string): Promise<unknown> {
  const held: unknown = JSON.parse(await readFile(join(folder, 'lock'), 'utf8'));
  return isObject(held) ? held['pid'] : undefined;
}

const locked = expect.objectContaining({ code: 'state_locked' });

describe('takeLock', () => {
  it('makes the folder, and a file for its owner alone that is gone after the release', async () => {
    const folder = join(await temporaryFolder(), 'state');
    const lock = await takeLock(folder);
    expect(await readdir(folder)).toEqual(['lock']);
    expect((await stat(join(folder, 'lock'))).mode & 0o777).toBe(0o600);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a second run of the same process, until the first has released', async () => {
    const folder = await temporaryFolder();
    const lock = await takeLock(folder);
    await expect(takeLock(folder)).rejects.toThrow(`another run of this process (${process.pid}) since 20`);
    await lock.release();
    await (await takeLock(folder)).release();
  });

  it('gives a lock to one of many that ask at once', async () => {
    const folder = await temporaryFolder();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('names the process that has it, since when, the folder and what to do', { timeout: 30_000 }, async () => {
    const folder = await temporaryFolder();
    const taker = await startTaker();
    expect(await taker.take(folder)).toBe('held');
    const { pid } = taker.child;
    await expect(takeLock(folder)).rejects.toMatchObject({
      code: 'state_locked',
      message: expect.stringMatching(
        new RegExp(`^${folder} is in use by process ${pid} since 20[-0-9T:.]+Z\nwait until that run has ended, `),
      ),
    });
    expect(await taker.release()).toBe('released');
    await (await takeLock(folder)).release();
  });

  it('takes over from a process that was killed', { timeout: 30_000 }, async () => {
    const folder = await temporaryFolder();
    const taker = await startTaker();
    expect(await taker.take(folder)).toBe('held');
    await kill(taker);
    expect(await readdir(folder)).toEqual(['lock']);
    await takeLock(folder);
    expect(await heldBy(folder)).toBe(process.pid);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it.skipIf(process.platform !== 'linux')(
    'takes over from a process that was killed and not yet waited for',
    async () => {
      const folder = await temporaryFolder();
      // The shell becomes `sleep`, which does not wait for the child that the shell had started.
      const shell = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => void shell.kill('SIGKILL'));
      const pid = Number(String((await once(shell.stdout, 'data'))[0]));
      let startedAt = '';
      for (let state = ''; state !== 'Z';) {
        const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ');
        [state = '', startedAt = ''] = [fields[0], fields[19]];
      }
      await plant(join(folder, 'lock'), { ...(await ownIdentity()), pid, startedAt });
      await takeLock(folder);
      expect(await heldBy(folder)).toBe(process.pid);
    },
  );

  it.each<[string, Partial<ProcessIdentity>]>([
    ['the pid belongs to a process that started at another time', { startedAt: '12345' }],
    ['the machine was booted since', { bootId: '00000000-0000-0000-0000-000000000000' }],
  ])('takes over where %s', async (_, change) => {
    const folder = await temporaryFolder();
    await plant(join(folder, 'lock'), { ...(await ownIdentity()), ...change });
    await takeLock(folder);
    expect(await readFile(join(folder, 'lock'), 'utf8')).not.toContain('planted');
  });

  it('leaves the lock of a process of another user alone', async () => {
    const folder = await temporaryFolder();
    // Process 1 is there for ever, and may not be signalled unless the tests run as root.
    await plant(join(folder, 'lock'), { ...(await ownIdentity()), pid: 1, startedAt: null });
    await expect(takeLock(folder)).rejects.toEqual(locked);
  });

  it('leaves the lock of another machine alone, and says how to remove it', async () => {
    const folder = await temporaryFolder();
    await plant(join(folder, 'lock'), { ...(await goneIdentity()), host: `not-${hostname()}\u001b[2J` });
    await expect(takeLock(folder)).rejects.toMatchObject({
      code: 'state_locked',
      message: expect.stringMatching(
        new RegExp(`the machine "not-${hostname()}" since .*remove ${folder}/lock and`, 's'),
      ),
    });
  });

  it.each([
    '',
    '{"pid":',
    'null',
    '{"host":"x"}',
    '{"host":"x","pid":0}',
    '{"host":"x","pid":-1}',
    '{"host":"x","pid":1e12}',
  ])('is not locked for ever by a file that no process wrote as a lock: %j', async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), text);
    await takeLock(folder);
    expect(await heldBy(folder)).toBe(process.pid);
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('takes over where others were killed while they were taking over', async () => {
    const folder = await temporaryFolder();
    const claimTo = (path: string, text: string): string =>
      `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    let path = join(folder, 'lock');
    for (let depth = 0; depth < 4; depth++) path = claimTo(path, await plant(path, await goneIdentity()));
    await takeLock(folder);
    expect(await readdir(folder)).toEqual(['lock']);
    expect(await heldBy(folder)).toBe(process.pid);
  });

  it('removes what others were about to link when they were killed, and nothing that a living process has', async () => {
    const folder = await temporaryFolder();
    const [dead, alive] = [1, 2].map((digit) => `lock.${String(digit).repeat(8)}-0000-4000-8000-000000000000.tmp`);
    await plant(join(folder, dead ?? ''), await goneIdentity());
    await plant(join(folder, alive ?? ''), await ownIdentity());
    await writeFile(join(folder, 'lock.txt'), 'mine');
    const lock = await takeLock(folder);
    expect((await readdir(folder)).toSorted()).toEqual(['lock', alive, 'lock.txt']);
    await lock.release();
  });

  it('refuses while a living process is taking over, and names that one', async () => {
    const folder = await temporaryFolder();
    const stale = await plant(join(folder, 'lock'), await goneIdentity());
    const claim = join(folder, `lock.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`);
    await plant(claim, { ...(await ownIdentity()), pid: process.ppid, startedAt: null });
    await expect(takeLock(folder)).rejects.toThrow(`process ${process.ppid} `);
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(stale);
  });

  it('leaves a lock alone that another has taken after ours was removed by hand', async () => {
    const folder = await temporaryFolder();
    const lock = await takeLock(folder);
    const theirs = await plant(join(folder, 'lock'), await goneIdentity());
    await lock.release();
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(theirs);
  });

  it('follows no symbolic link, and does not wait for one that leads nowhere', async () => {
    const folder = await temporaryFolder();
    await symlink(join(folder, 'nowhere'), join(folder, 'lock'));
    await expect(takeLock(folder)).rejects.toMatchObject({
      code: 'state_failed',
      message: `too many symbolic links encountered while locking ${folder}`,
    });
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('says what is wrong with a folder that can’t be one', async () => {
    const folder = join(await temporaryFolder(), 'state');
    await writeFile(folder, '');
    await expect(takeLock(folder)).rejects.toMatchObject({ code: 'state_failed' });
  });
});

describe('takeLock in several processes at once', () => {
  it('gives a stale lock to exactly one of them, every time', { timeout: 60_000 }, async () => {
    const base = await temporaryFolder();
    const takers = await Promise.all([startTaker(), startTaker(), startTaker(), startTaker()]);
    const gone = await goneIdentity();
    const winners = new Set<number>();
    for (let round = 0; round < 300; round++) {
      const folder = join(base, String(round % 10));
      await mkdir(folder, { recursive: true });
      await plant(join(folder, 'lock'), gone);
      const answers = await Promise.all(takers.map((taker) => taker.take(folder)));
      const winner = answers.indexOf('held');
      expect(
        answers.filter((answer) => answer === 'held'),
        answers.join('\n'),
      ).toHaveLength(1);
      expect(answers.filter((answer) => answer.startsWith('state_locked: '))).toHaveLength(takers.length - 1);
      expect(await heldBy(folder)).toBe(takers[winner]?.child.pid);
      expect(await readdir(folder)).toEqual(['lock']);
      await takers[winner]?.release();
      winners.add(winner);
    }
    // Else this would have been no race.
    expect(winners.size).toBeGreaterThan(1);
  });

  it('never has two holders while locks are taken, given back and left by the dead', { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder();
    const takers = await Promise.all([startTaker(), startTaker(), startTaker()]);
    const gone = await goneIdentity();
    let holder: number | undefined;
    let grants = 0;
    let over = false;
    const work = takers.map(async (taker, index) => {
      while (!over) {
        if ((await taker.take(folder)) !== 'held') continue;
        expect(holder).toBeUndefined();
        holder = index;
        grants++;
        expect(await heldBy(folder)).toBe(taker.child.pid);
        holder = undefined;
        // Every other one leaves it as one that is killed does: the file names a process that is gone.
        if (grants % 2 === 0) await plant(join(folder, 'lock'), gone);
        await taker.release();
        over ||= grants >= 300;
      }
    });
    await Promise.all(work);
    expect(grants).toBeGreaterThanOrEqual(300);
  });
});
