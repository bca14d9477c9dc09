import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeFiles } from '../core/config/write-files.ts';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const config = JSON.stringify({
  sources: ['dummyjson', 'escuelajs', 'jsonplaceholder'].map((use) => ({
    use,
    rateLimit: { requests: 100, perMs: 1000 },
  })),
  sinks: [{ use: 'ndjson', path: 'out.ndjson' }],
});

function command(cwd: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'run', ...args], { cwd }, (error, _, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stderr }),
    );
  });
}

describe('pipeline run --record, --replay', { timeout: 60_000 }, () => {
  it('replays what it has recorded, byte for byte but for the times, and keeps no state', async () => {
    const folder = await writeFiles({ 'pipeline.config.json': config });
    const recorded = await command(folder, '--mock', '--record', 'recorded');
    expect(recorded).toMatchObject({ code: 0, stderr: expect.stringContaining('is kept in recorded') as string });
    const output = async (): Promise<string> =>
      (await readFile(join(folder, 'out.ndjson'), 'utf8')).replaceAll(/"processed_at":"[^"]*"/g, '');
    const live = await output();
    expect(live.split('\n')).toHaveLength(495);
    const runs = await readdir(join(folder, '.pipeline/runs'));
    // The upstreams are gone, and the sources of the config lead elsewhere.
    const replayed = await command(folder, '--replay', 'recorded');
    expect(replayed).toMatchObject({ code: 0, stderr: expect.stringContaining('nobody is asked') as string });
    expect(await output()).toBe(live);
    expect(await readdir(join(folder, '.pipeline/runs'))).toEqual(runs);
    expect(await command(folder, '--replay', 'recorded', '--source', 'escuelajs')).toMatchObject({ code: 0 });
    expect((await output()).split('\n')).toHaveLength(
      live.split('\n').filter((line) => line.includes('"escuelajs:')).length + 1,
    );
  });

  it('refuses what can not be done before anything is asked', async () => {
    const folder = await writeFiles({ 'pipeline.config.json': config });
    const used = await command(folder, '--mock', '--record', '.');
    expect(used.code).toBe(2);
    expect(used.stderr).toContain('is not empty');
    const none = await command(folder, '--replay', 'nowhere');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("manifest.json can't be read: there is no such file or folder");
    expect((await command(folder, '--replay', 'a', '--mock')).code).toBe(2);
    expect((await command(folder, '--record', 'a', '--replay', 'b')).code).toBe(2);
    expect((await command(folder, '--record', 'a', '--resume')).code).toBe(2);
  });
});
