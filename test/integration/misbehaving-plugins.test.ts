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

/** Ids 1 to 60 in three pages of twenty; the source's normalizer does `fault` to the item of id 33. */
async function runWith(fault: string, config: object = {}) {
  const pages = Array.from({ length: 3 }, (_, page) =>
    Array.from({ length: 20 }, (__, index) => ({ id: page * 20 + index + 1, price: 1 })),
  );
  const { origin } = await httpServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(pages[Number(request.url?.slice(1))]));
  });
  const folder = await temporaryFolder();
  writeFileSync(
    join(folder, 'shop.mjs'),
    `export default {
      name: 'shop', baseUrl: '${origin}', rateLimit: { requests: 100, perMs: 1000 },
      pagination: { first: () => [0, 1, 2].map((n) => ({ key: '/' + n, url: '/' + n })), next: () => [] },
      normalizer: { normalize(item) { if (item.id === 33) ${fault} return { ...item, title: 'x' }; } },
    };`,
  );
  const workers = { threads: 2, recordTimeoutMs: 500 };
  const sinks = [{ use: 'json-file', path: 'out.json' }];
  const settings = { sources: ['./shop.mjs'], sinks, workers, ...config };
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(settings));
  const child = spawn(process.execPath, [main, 'run', '--quiet'], { cwd: folder, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return { code, document: readDocument(join(folder, 'out.json')) };
}

// Memory may grow too slowly, where the machine is busy, to reach its limit before the time is over.
test.each([
  ['throws', 'throw new Error("no");', 'normalizer_failed'],
  ['throws null', 'throw null;', 'normalizer_failed'],
  ['loops for ever', 'for (;;);', 'record_timeout'],
  [
    'exhausts memory with objects',
    'for (const list = []; ; ) list.push({ size: list.length });',
    'record_timeout|record_crashed',
  ],
  [
    'exhausts memory with buffers',
    'for (const list = []; ; ) list.push(Buffer.alloc(1 << 20, 1));',
    'record_timeout|record_crashed',
  ],
  ['ends the process', 'process.exit(0);', 'record_crashed'],
  ['aborts the process', 'process.abort();', 'normalizer_failed'],
  ['returns a promise that never settles', 'return new Promise(() => {});', 'normalizer_failed'],
  ['returns another shape', 'return "an item";', 'normalizer_failed'],
  ['returns nothing', 'return;', 'normalizer_failed'],
  ['leaves a promise behind that fails', '{ Promise.reject(new Error("later")); return { id: "" }; }', 'missing_id'],
])(
  'a normalizer that %s costs one record',
  async (_, fault, reason) => {
    const { code, document } = await runWith(fault);
    expect(code).toBe(0);
    const ids = document.products.map(({ id }) => Number(id.split(':')[1])).toSorted((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: 60 }, (__, index) => index + 1).filter((id) => id !== 33));
    expect(document.errors).toHaveLength(1);
    expect(document.errors[0]).toMatchObject({ endpoint: 'shop', error: 'invalid_record', records: 1 });
    expect(document.errors[0]?.message).toMatch(new RegExp(reason));
    expect(document.monitoring.sinks['json-file']).toMatchObject({
      reconciliation: { read: 60, written: 59, rejected: 1 },
    });
  },
  20_000,
);

test('a normalizer that always hangs ends in bounded time', async () => {
  const started = performance.now();
  // The loop stands behind the condition: every item meets it.
  const { code, document } = await runWith('; for (;;);', { workers: { threads: 2, recordTimeoutMs: 100 } });
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(code).not.toBe(0);
  expect(document.products).toEqual([]);
  expect(document.errors.map(({ error }) => error)).toContain('worker_failed');
}, 30_000);
