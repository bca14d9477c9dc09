import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../core/config/resolve.ts';
import { queryHistory, type ResolvedConfig } from '../../../core/index.ts';
import { historyIn, openShop, runWithHistory, type ShopItem, shopSource } from '../../support/priced-shop.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const item = (id: number, price: number): ShopItem => ({ id, title: `Thing ${id}`, category: `c${id % 2}`, price });

let folder = '';
let config: ResolvedConfig;
const runs: string[] = [];

async function configIn(baseDir: string): Promise<ResolvedConfig> {
  const shop = shopSource('shop', { url: 'http://127.0.0.1:9' });
  const given = { sources: [shop], sinks: ['ndjson'], workers: { threads: 0 }, state: {}, history: true };
  return resolveConfig(given, { baseDir, env: {} });
}

/** All rows of an answer. */
async function ask(sql: string, runId?: string, of: ResolvedConfig = config) {
  const answer = await queryHistory(of, { sql, runId });
  try {
    const taken: unknown[] = [];
    for await (const piece of answer.rows) taken.push(...piece);
    return { columns: answer.columns, rows: taken };
  } finally {
    answer.close();
  }
}

// Two runs: 0.1 and 0.2, then 0.3 and 0.2.
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-')));
  let close = async (): Promise<void> => undefined;
  const shop = await openShop([], (end) => (close = end));
  for (const first of [0.1, 0.3]) {
    shop.items = [item(1, first), item(2, 0.2)];
    const { report } = await runWithHistory(folder, { sources: [shopSource('shop', shop)] });
    runs.push(report.summary.run_id);
  }
  await close();
  config = await configIn(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a question', () => {
  it('is answered about all runs, exactly', async () => {
    const { columns, rows } = await ask(
      'SELECT run_id, sum(price) AS total FROM prices GROUP BY run_id ORDER BY run_id',
    );
    expect(columns).toEqual([
      { name: 'run_id', type: 'VARCHAR', kind: 'text' },
      { name: 'total', type: 'DECIMAL(38,10)', kind: 'number' },
    ]);
    expect(rows).toEqual([
      [runs[0], '0.30'],
      [runs[1], '0.50'],
    ]);
  });

  it('is answered about the records of the last run, or of another, with all fields', async () => {
    const sql = 'SELECT sum(price), count(title), min(source_id), count(brand) FROM records';
    expect((await ask(sql)).rows).toEqual([['0.50', '2', '1', '0']]);
    expect((await ask(sql, runs[0])).rows).toEqual([['0.30', '2', '1', '0']]);
  });

  it('is answered about what became of the price of each product, exactly', async () => {
    const { rows } = await ask(
      `SELECT id, CAST(before AS TEXT), CAST(after AS TEXT), CAST(change AS TEXT), percent, direction,
       last_seen_run_id = '${runs[0] ?? ''}' FROM changes WHERE run_id = '${runs[1] ?? ''}' ORDER BY id`,
    );
    expect(rows).toEqual([
      ['shop:1', '0.1000000000', '0.3000000000', '0.2000000000', '200', 'risen', 'true'],
      ['shop:2', '0.2000000000', '0.2000000000', '0.0000000000', '0', 'unchanged', 'true'],
    ]);
    expect((await ask(`SELECT id FROM changes WHERE run_id = '${runs[0] ?? ''}'`)).rows).toEqual([]);
  });

  it('is answered with the figures of each run, and the fields that were seen', async () => {
    const figures = 'SELECT source, state, whole, pages_delivered, records, rejected, errors, requests FROM sources';
    expect((await ask(figures)).rows).toEqual(
      Array.from({ length: 2 }, () => ['shop', 'complete', 'true', '1', '2', '0', '0', '1']),
    );
    const fields = `SELECT field, filled FROM fields WHERE run_id = '${runs[0]}' AND field IN ('title', 'brand') ORDER BY field`;
    expect((await ask(fields)).rows).toEqual([
      ['brand', '0'],
      ['title', '2'],
    ]);
  });

  it('has values of every kind as texts', async () => {
    const { columns, rows } = await ask(
      `SELECT 1.5::DECIMAL(3, 1), 2.50::DECIMAL(9, 2), 'x', true, [1, 2], {'a': 'b'}, NULL, '{"c":1}'::JSON, 9007199254740993,
       TIMESTAMPTZ '2026-01-02 03:04:05+00', 1e300::DOUBLE`,
    );
    const kinds = 'number number text boolean json json number json number text number';
    expect(columns.map(({ kind }) => kind)).toEqual(kinds.split(' '));
    expect(rows).toEqual([
      [
        '1.5',
        '2.50',
        'x',
        'true',
        '[1,2]',
        '{"a":"b"}',
        null,
        '{"c":1}',
        '9007199254740993',
        '2026-01-02 03:04:05+00',
        '1e+300',
      ],
    ]);
  });

  it.each([
    ['selec 1', /^Parser Error: syntax error at or near "selec"\n\nLINE 1: selec 1\n {8}\^$/],
    ['SELECT nope FROM prices', /^Binder Error: Referenced column "nope"[^]*\n {15}\^$/],
    ['', 'one statement is answered at a time, and there are 0'],
    [' ; -- nothing', 'one statement is answered at a time, and there are 0'],
    ['/* nothing */ -- either', 'one statement is answered at a time, and there are 0'],
    ['SELECT 1; SELECT 2', 'one statement is answered at a time, and there are 2'],
    ["SELECT error('late' || range) FROM range(9)", 'late'],
  ])('that is wrong is told with the place: %j', async (sql, message) => {
    const wrong = await ask(sql).catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'query_failed' });
    expect(String(Reflect.get(wrong as object, 'message'))).toMatch(message);
  });

  it('about a run that is not there is told so', async () => {
    await expect(ask('SELECT 1', "x' OR 1=1 --")).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('the history is only read', () => {
  it.each([
    ['DELETE FROM prices'],
    ['INSERT INTO runs BY NAME SELECT 1 AS records'],
    ['CREATE TABLE x (a INT)'],
    ['CREATE TEMP TABLE x (a INT)'],
    ['DROP VIEW records'],
    ["ATTACH 'other.duckdb'"],
    ["COPY (SELECT 1) TO 'out.csv'"],
    ["EXPORT DATABASE 'out'"],
    ['SET enable_external_access = true'],
    ['RESET lock_configuration'],
    ['INSTALL httpfs'],
    ['LOAD httpfs'],
    ['CHECKPOINT'],
    ['DETACH run'],
    ['EXPLAIN ANALYZE DELETE FROM prices'],
    ["SELECT * FROM read_text('/etc/passwd')"],
    ["SELECT * FROM '/etc/passwd.csv'"],
    ["SELECT * FROM glob('/*')"],
    ["SELECT * FROM 'https://example.com/x.csv'"],
    ["SELECT getenv('HOME')"],
  ])('%s is refused', async (sql) => {
    await expect(ask(sql)).rejects.toMatchObject({ code: 'query_failed' });
    expect(await readdir(folder)).toEqual(['.pipeline', 'out.ndjson']);
    expect((await ask('SELECT count(*) FROM prices')).rows).toEqual([['4']]);
  });
});

describe('without a history', () => {
  it('says where it would be', async () => {
    const empty = await configIn(await temporaryFolder());
    await expect(ask('SELECT 1', undefined, empty)).rejects.toMatchObject({
      code: 'history_missing',
      message: expect.stringContaining('a run makes it when it has ended'),
    });
  });

  it('says how one is kept, where the config keeps none', async () => {
    const off = await resolveConfig({ sources: ['dummyjson'], sinks: ['ndjson'] }, { baseDir: folder, env: {} });
    await expect(ask('SELECT 1', undefined, off)).rejects.toMatchObject({
      code: 'history_missing',
      message: expect.stringContaining('history: true'),
    });
  });

  it('says so of one that is no database', async () => {
    const broken = await configIn(await temporaryFolder());
    await runWithHistory(broken.baseDir, { sources: [shopSource('shop', await openShop([item(1, 1)]))] });
    await writeFile(historyIn(broken.baseDir), 'no database at all');
    await expect(ask('SELECT 1', undefined, broken)).rejects.toMatchObject({ code: 'query_failed' });
  });
});

it('a run whose records are gone still has its prices', async () => {
  const [elsewhere, shop] = [await temporaryFolder(), await openShop([item(1, 5)])];
  const { report } = await runWithHistory(elsewhere, { sources: [shopSource('shop', shop)] });
  const { run_id: run } = report.summary;
  await rm(join(elsewhere, '.pipeline', 'runs', run), { recursive: true });
  const of = await configIn(elsewhere);
  await expect(ask('SELECT 1', run, of)).rejects.toMatchObject({ code: 'run_not_found' });
  expect((await ask('SELECT price FROM prices', undefined, of)).rows).toEqual([['5.00']]);
});

describe('a history that another process has open', () => {
  /** A process that writes to it, until it is ended. */
  async function holding(file: string) {
    const code = `import { DuckDBInstance } from '@duckdb/node-api';
      await (await DuckDBInstance.create(process.argv[1])).connect();
      console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  }

  it('is waited for, by a question and by the end of a run', async () => {
    const child = await holding(historyIn(folder));
    const asked = ask('SELECT count(*) FROM runs');
    setTimeout(() => child.kill(), 300);
    expect((await asked).rows).toEqual([['2']]);

    const [elsewhere, shop] = [await temporaryFolder(), await openShop([item(1, 5)])];
    await runWithHistory(elsewhere, { sources: [shopSource('shop', shop)] });
    const other = await holding(historyIn(elsewhere));
    const run = runWithHistory(elsewhere, { sources: [shopSource('shop', shop)] });
    setTimeout(() => other.kill(), 1_500);
    expect((await run).report.metrics.price_trends?.runs).toBe(2);
  });

  it('is told of with the process that has it, when that takes too long', { timeout: 20_000 }, async () => {
    const child = await holding(historyIn(folder));
    await expect(ask('SELECT 1')).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringMatching(new RegExp(`history\\.duckdb is in use by the process ${child.pid}: try again`)),
    });
    child.kill();
  });
});
