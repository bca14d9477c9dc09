import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askDuckDb } from '../../support/duckdb.ts';
import { postgresPrograms, startPostgres, type TestServer } from '../../support/postgres.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../../dist/cli/main.js');
const plugin = resolve(import.meta.dirname, 'shop.mjs');
const total = 4000;
const limit = 20;
const titles = ['it\'s "so"; --', 'x\0y', '\u{1f600}\u2028', String.raw`\u0000 \\`, 'plain'];

/** Answers after a while, so that there is something to be killed; tells how many pages were asked for. */
async function startShop() {
  let asked = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked += 1;
    const skip = Number(new URL(request.url ?? '', 'http://host').searchParams.get('skip') ?? 0);
    const thing = (_: unknown, index: number) => ({
      id: skip + index + 1,
      title: titles[(skip + index) % titles.length],
      price: (skip + index) / 100,
      category: `c${index % 3}`,
    });
    await wait(15);
    const things = Array.from({ length: Math.min(limit, total - skip) }, thing);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ total, things }));
  }
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

type Row = Readonly<Record<string, unknown>>;

/** What must be the same wherever the records are: ids, the sum of the prices in the order of the ids, and the texts. */
function content(rows: readonly Row[]): unknown {
  const sorted = rows.toSorted((a, b) => Number(a['source_id']) - Number(b['source_id']));
  return {
    ids: sorted.map(({ id }) => id),
    sum: sorted.reduce((sum, { price }) => sum + Number(price), 0),
    rest: sorted.map(({ title, category }) => [title, category]),
  };
}

describe.skipIf(postgresPrograms === undefined)(
  'a run into a file and two databases (skipped: PostgreSQL is not installed)',
  () => {
    let server: TestServer;
    beforeAll(async () => void (server = await startPostgres()), 60_000);
    afterAll(() => server.stop());

    it(
      'holds the same in all three, and in the history, when it is killed again and again, and resumed',
      { timeout: 120_000 },
      async () => {
        const folder = await temporaryFolder();
        const shop = await startShop();
        await writeFile(
          join(folder, 'pipeline.config.mjs'),
          `export default {
          sources: [{ use: ${JSON.stringify(plugin)}, concurrency: 4 }],
          sinks: ['json-file', 'duckdb', { use: 'postgres', url: '\${DATABASE_URL}' }],
          workers: { threads: 1 },
          history: true,
        };`,
        );
        const env = { ...process.env, SHOP_URL: shop.url, DATABASE_URL: await server.url('kill') };
        const start = (...args: readonly string[]) => {
          const child = spawn(process.execPath, [main, 'run', '--log-level', 'warn', ...args], { cwd: folder, env });
          let said = '';
          child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
          const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
          return { child, ended };
        };

        const pages = total / limit;
        for (const [kill, share] of [0.2, 0.45, 0.7].entries()) {
          const { child, ended } = start(...(kill === 0 ? [] : ['--resume']));
          const early = ended.then(() => 'ended' as const);
          while (shop.asked() < pages * share) {
            const state = await Promise.race([early, wait(5)]);
            expect(state, 'the run ended before it was killed').toBeUndefined();
          }
          child.kill('SIGKILL');
          expect((await ended).code).toBeNull();
          // A run is there when it has come to its end.
          expect(existsSync(join(folder, '.pipeline/history.duckdb'))).toBe(false);
        }
        const last = await start('--resume').ended;
        expect(last).toMatchObject({ code: 0 });
        expect(last.said).toContain("PostgreSQL can't hold NUL or half characters");
        expect(last.said).not.toContain(encodeURIComponent(server.password));

        const document = JSON.parse(await readFile(join(folder, 'out/products.json'), 'utf8')) as {
          readonly products: readonly Row[];
        };
        const inFile = document.products;
        const inDuckDb = await askDuckDb(join(folder, 'out/products.duckdb'), 'SELECT * FROM product');
        const inPostgres = await server.ask('kill', 'SELECT * FROM product');
        expect(new Set(inFile.map(({ id }) => id)).size).toBe(total);
        expect(content(inDuckDb)).toEqual(content(inFile));
        // Of the texts, PostgreSQL can't hold NUL.
        const replaced = inFile.map((row) => ({ ...row, title: String(row['title']).replaceAll('\0', '\ufffd') }));
        expect(content(inPostgres)).toEqual(content(replaced));
        const [run] = await server.ask(
          'kill',
          'SELECT count(*)::INT AS runs, max(records)::INT AS records FROM sluice_runs',
        );
        expect(run).toEqual({ runs: 1, records: total });
        const inHistory = await askDuckDb(
          join(folder, '.pipeline/history.duckdb'),
          "SELECT id, source, split_part(id, ':', 2) AS source_id, title, price, category FROM prices",
        );
        expect(content(inHistory)).toEqual(content(inFile));
        const runs = 'SELECT lives, records, partial FROM runs';
        expect(await askDuckDb(join(folder, '.pipeline/history.duckdb'), runs)).toEqual([
          { lives: 4, records: BigInt(total), partial: false },
        ]);
      },
    );
  },
);
