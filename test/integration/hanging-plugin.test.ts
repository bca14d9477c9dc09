import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { httpServer } from '../support/fault-server.ts';
import { readDocument } from '../support/pipeline.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

test('a normalizer that never returns does not outlive the deadline', async () => {
  const { origin } = await httpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('[{"id":1},{"id":2}]');
  });
  const folder = await temporaryFolder();
  const source = (name: string, normalize: string): void =>
    writeFileSync(
      join(folder, `${name}.mjs`),
      `export default {
        name: '${name}', baseUrl: '${origin}', rateLimit: { requests: 100, perMs: 1000 },
        pagination: { first: () => [{ key: '/', url: '/' }], next: () => [] },
        normalizer: { normalize: ${normalize} },
      };`,
    );
  source('well', '({ id }) => ({ id, title: "x" })');
  source('hanging', '() => { for (;;); }');
  const config = {
    sources: ['./well.mjs', './hanging.mjs'],
    sinks: [{ use: 'json-file', path: 'out.json' }],
    workers: { threads: 2 },
    deadlineMs: 1_000,
  };
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(config));

  const started = performance.now();
  const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd: folder, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  expect(performance.now() - started).toBeLessThan(8_000);
  expect(code).toBe(3);
  const { products, errors } = readDocument(join(folder, 'out.json'));
  expect(products.map(({ id }) => id)).toEqual(['well:1', 'well:2']);
  expect(errors).toMatchObject([{ endpoint: 'hanging', error: 'deadline_exceeded' }]);
}, 20_000);
