import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChaosVerdict } from '../../../cli/chaos/verdict.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Starts `pipeline chaos` in a folder with a config, with a folder for temporary files of its own. */
async function chaos(args: readonly string[], config: object, files: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder();
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [main, 'chaos', ...args], { cwd: folder, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = new Promise<number | null>((resolve) => void child.on('close', resolve));
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(([code, stdout, stderr]) => ({
    code,
    stdout,
    stderr,
  }));
  return { child, ended, folder, temporary };
}

const fast = { rateLimit: { requests: 20, perMs: 200 } };
const config = {
  sources: [
    { use: 'dummyjson', ...fast },
    { use: 'jsonplaceholder', ...fast },
  ],
  // Neither is touched.
  sinks: [{ use: 'json-file', path: 'own.json' }, 'stdout'],
};

describe('pipeline chaos', { timeout: 120_000 }, () => {
  it('loses and doubles nothing, and leaves nothing behind', async () => {
    const { ended, folder, temporary } = await chaos(['--seed', '7', '--kill', '6', '--json'], config);
    const { code, stdout } = await ended;
    const verdict = JSON.parse(stdout) as ChaosVerdict;
    expect(verdict).toMatchObject({
      passed: true,
      problem: null,
      kills: { wanted: 6, made: 6 },
      records: { expected: 294 * verdict.runs, delivered: 294 * verdict.runs, lost: 0, doubled: 0, foreign: 0 },
      requests: { needed: 15 },
      seed: 7,
      command: 'pipeline chaos --seed 7 --error-rate 0.1 --kill 6',
      folder: null,
    });
    expect(verdict.lives).toBeGreaterThanOrEqual(6);
    expect(verdict.limits.map(({ source, held }) => [source, held])).toEqual([
      ['dummyjson', true],
      ['jsonplaceholder', true],
    ]);
    expect(code).toBe(0);
    expect((await readdir(folder)).toSorted()).toEqual(['pipeline.config.json', 'tmp']);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('takes up again what faults have ended in part', async () => {
    const noRetries = { ...config, sources: [{ use: 'dummyjson', ...fast, retry: { retries: 0 } }] };
    const { ended } = await chaos(['--seed', '3', '--kill', '0', '--error-rate', '0.3'], noRetries);
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/^verdict {2}passed\nrecords {2}194 expected, 194 delivered, 0 lost, 0 doubled\n/);
    expect(Number(/(\d+) lives, 1 run$/m.exec(stdout)?.[1])).toBeGreaterThan(1);
    expect(code).toBe(0);
  });

  it('refuses a source without an embedded upstream', async () => {
    const own = `export default { name: 'own', baseUrl: 'http://127.0.0.1:1', rateLimit: { requests: 1, perMs: 1 },
      pagination: { first: () => [], next: () => [] }, normalizer: { normalize: (item) => item } };`;
    const { ended } = await chaos([], { sources: ['./own.mjs'], sinks: ['stdout'] }, { 'own.mjs': own });
    const words = 'no embedded upstream for own';
    expect(await ended).toMatchObject({ code: 2, stderr: expect.stringContaining(words) as string });
  });

  it('ends all that it has started on Ctrl-C', async () => {
    const { child, ended, temporary } = await chaos(['--kill', '50'], config);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await readdir(temporary)).toEqual([]);
  });
});
