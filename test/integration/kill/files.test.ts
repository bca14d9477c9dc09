import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const command = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const names = ['dummyjson', 'escuelajs', 'jsonplaceholder'];
const config = {
  sources: names,
  sinks: [
    { use: 'json-file', path: 'out/all.json' },
    { use: 'ndjson', path: 'out/all.ndjson', compress: 'gzip' },
    { use: 'csv', path: 'out/{date}/{source}.csv', columns: ['id'], compress: 'gzip' },
    { use: 'ndjson', name: 'priceless', path: 'out/priceless.ndjson', filter: { price: null } },
  ],
};

/** One life of the run: killed after so many commits, else to its end. The exit code; null where it was killed. */
async function life(folder: string, commits: number): Promise<number | null> {
  const options = ['--mock', '--resume', '--json', '--log-level', 'debug'];
  const child = spawn(process.execPath, [command, 'run', ...options], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  let seen = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"event":"sink-committed"')) seen++;
    if (seen === commits) child.kill('SIGKILL');
  }
  const [code] = (await closed) as [number | null];
  return code;
}

it('files of every kind hold the same records, each once, however often the run was killed', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  let kills = 0;
  let code: number | null = null;
  // On a busy machine what is read of a run lags behind it: a later life may have come to its end before its kill.
  for (const commits of [1, 4, 3, 6, Infinity]) {
    code = await life(folder, commits);
    if (code !== null) break;
    kills += 1;
  }
  expect(code).toBe(0);
  expect(kills).toBeGreaterThanOrEqual(2);

  const out = join(folder, 'out');
  const document = JSON.parse(await readFile(join(out, 'all.json'), 'utf8')) as {
    products: { id: string; source: string; price: number | null }[];
    monitoring: { lives: number; sinks: Record<string, { reconciliation: object }> };
  };
  const { products, monitoring } = document;
  expect(monitoring.lives).toBe(kills + 1);
  const ids = products.map(({ id }) => id);
  expect(new Set(ids).size).toBe(494);
  expect(ids).toHaveLength(494);

  const idOf = (line: string): string => (JSON.parse(line) as { id: string }).id;
  const linesOf = (text: string): string[] => text.split('\n').slice(0, -1);
  const zipped = linesOf(gunzipSync(await readFile(join(out, 'all.ndjson.gz'))).toString());
  expect(zipped.map(idOf).toSorted()).toEqual(ids.toSorted());
  const day = (await readdir(out)).find((name) => /^\d{4}-/.test(name)) ?? '';
  for (const source of names) {
    const rows = linesOf(gunzipSync(await readFile(join(out, day, `${source}.csv.gz`))).toString());
    const own = products.filter((product) => product.source === source).map(({ id }) => id);
    expect(rows[0]).toBe('id');
    expect(rows.slice(1).toSorted()).toEqual(own.toSorted());
  }
  const priceless = products.filter(({ price }) => price === null).map(({ id }) => id);
  const left = linesOf(await readFile(join(out, 'priceless.ndjson'), 'utf8')).map(idOf);
  expect(left.toSorted()).toEqual(priceless.toSorted());
  const count = { read: 494, written: priceless.length, filtered: 494 - priceless.length, unwritten: 0 };
  expect(monitoring.sinks['priceless']?.reconciliation).toMatchObject(count);
}, 120_000);
