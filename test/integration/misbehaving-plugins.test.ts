import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { httpServer } from '../support/fault-server.ts';
import { readDocument } from '../support/pipeline.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

/** A folder with a config of one source for each normalizer, all over an upstream of two items. */
async function projectOf(normalizers: Record<string, string>, config: object): Promise<string> {
  const { origin } = await httpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('[{"id":1},{"id":2}]');
  });
  const folder = await temporaryFolder();
  for (const [name, normalize] of Object.entries(normalizers)) {
    writeFileSync(
      join(folder, `${name}.mjs`),
      `export default {
        name: '${name}', baseUrl: '${origin}', rateLimit: { requests: 100, perMs: 1000 },
        pagination: { first: () => [{ key: '/', url: '/' }], next: () => [] },
        normalizer: { normalize: ${normalize} },
      };`,
    );
  }
  const sources = Object.keys(normalizers).map((name) => `./${name}.mjs`);
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify({ sources, workers: { threads: 2 }, ...config }));
  return folder;
}

const file = { sinks: [{ use: 'json-file', path: 'out.json' }] };
const well = '({ id }) => ({ id, title: "x" })';

test('a normalizer that never returns does not outlive the deadline', async () => {
  const folder = await projectOf({ well, hanging: '() => { for (;;); }' }, { ...file, deadlineMs: 1_000 });
  const started = performance.now();
  const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd: folder, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(performance.now() - started).toBeLessThan(8_000);
  expect(code).toBe(3);
  const { products, errors } = readDocument(join(folder, 'out.json'));
  expect(products.map(({ id }) => id)).toEqual(['well:1', 'well:2']);
  expect(errors).toMatchObject([{ endpoint: 'hanging', error: 'deadline_exceeded' }]);
}, 20_000);

test('what a plugin prints does not get among the records on stdout', async () => {
  const chatty = '({ id }) => { console.log("debug", id); return { id, title: "x" }; }';
  const folder = await projectOf({ chatty }, { sinks: ['stdout'] });
  const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [records, rest] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(
    records
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual(['chatty:1', 'chatty:2']);
  expect(rest).toContain('debug 1');
}, 20_000);
