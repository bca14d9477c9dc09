/** Case 9: records into databases, against what these do with the same records by themselves. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { emptyTable, keepRows } from '../databases/copy-rows.mjs';
import { findPrograms, startPostgres } from '../databases/postgres-server.mjs';
import { writeRecords } from '../databases/record-file.mjs';
import { interleave } from '../measure/interleave.mjs';
import { measureProcess } from '../measure/process.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { atMost } from '../suite/goal.mjs';
import { notRun, row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';

export const title = 'Databases: records through the duckdb and postgres sinks, against read_json and COPY';

export async function run({ rounds, quick, log }) {
  const count = quick ? 50_000 : 1_000_000;
  return inTemporaryFolder(async (folder) => {
    const large = await recordsIn(folder, count);
    const small = await recordsIn(folder, count / 5);
    const { path: empty } = await recordsIn(folder, 0);
    let life = 0;
    const sink = (name, options, records) =>
      measured(
        'sink',
        { name, options, folder, records, runId: `bench${(life += 1)}` },
        {
          name,
          options: {
            ...options,
            ...(name === 'duckdb' && { path: `first-${life}.duckdb` }),
            ...(name === 'history' && { dir: `first-${life}` }),
          },
          folder,
          records: empty,
          runId: `first${life}`,
        },
      );
    const intoDuck = ({ path, note }) => ({
      note,
      run: () => sink('duckdb', { path: `sink-${life}.duckdb` }, path),
    });
    const intoHistory = ({ path, note }) => ({ note, run: () => sink('history', { dir: `state-${life}` }, path) });
    const contestants = [
      { name: 'duckdb sink', ...intoDuck(large) },
      { name: 'duckdb sink, a fifth', rounds: 1, ...intoDuck(small) },
      { name: 'history', ...intoHistory(large) },
      { name: 'history, a fifth', rounds: 1, ...intoHistory(small) },
      {
        name: 'read_json',
        note: 'DuckDB alone: the same file into a table with a primary key, one statement, memory_limit 512 MB as the sink',
        run: (round) =>
          measured(
            'read-json',
            { database: join(folder, `itself-${round}.duckdb`), records: large.path },
            { database: join(folder, `first-itself-${round}.duckdb`), records: empty },
          ),
      },
    ];
    const programs = findPrograms();
    const server = programs && (await startPostgres(programs, folder));
    try {
      if (server !== undefined) contestants.push(...(await onServer(server, folder, sink, { large, small })));
      const runs = await interleave(contestants, rounds, async ({ name, prepare, run: act }, round) => {
        await prepare?.();
        const figures = await act(round);
        log(`${name}: ${figures.seconds.toFixed(2)} s, peak ${Math.round(figures.peakMb)} MB`);
        return figures;
      });
      const rows = new Map(contestants.map((contestant) => [contestant.name, rowOf(contestant, runs.get(contestant))]));
      const ratio = (one, other) => rows.get(one).median / rows.get(other).median;
      const missing = server === undefined ? [notRun('postgres sink', 'PostgreSQL is not installed')] : [];
      return {
        unit: 's',
        rows: [...rows.values(), ...missing],
        goals: [
          atMost('duckdb sink ÷ read_json', 2, ratio('duckdb sink', 'read_json')),
          atMost('postgres sink ÷ COPY', 2, server && ratio('postgres sink', 'COPY')),
        ],
      };
    } finally {
      await server?.stop();
    }
  });
}

async function recordsIn(folder, count) {
  const path = join(folder, `records-${count}.ndjson`);
  await writeRecords(path, count);
  const megabytes = Math.round(statSync(path).size / 2 ** 20);
  return { path, note: `${count.toLocaleString('en-US')} records, ${megabytes} MB, a commit each 8 MiB` };
}

/** Both write into the same table, emptied before each; the rows to copy are those that the sink has written. */
async function onServer({ url }, folder, sink, { large, small }) {
  const rows = join(folder, 'rows.copy');
  const none = join(folder, 'none.copy');
  const write = ({ path }) => sink('postgres', { url }, path);
  await write(large);
  await keepRows(url, rows);
  await emptyTable(url);
  await keepRows(url, none);
  const prepare = () => emptyTable(url);
  return [
    { name: 'postgres sink', note: large.note, prepare, run: () => write(large) },
    { name: 'postgres sink, a fifth', note: small.note, rounds: 1, prepare, run: () => write(small) },
    {
      name: 'COPY',
      note: 'the same rows into the same table with its primary key, one statement; memory without the server',
      prepare,
      run: () => measured('copy', { url, rows }, { url, rows: none }),
    },
  ];
}

/** What a contestant took: seconds of its work, and its process at its largest. */
async function measured(name, given, first) {
  const script = join(import.meta.dirname, '../databases/contestant.mjs');
  const { stdout, peakMb } = await measureProcess(process.execPath, [
    script,
    name,
    ...[given, first].map((each) => JSON.stringify(each)),
  ]);
  return { seconds: Number(stdout), peakMb };
}

function rowOf({ name, note }, runs) {
  const peakMb = medianOf(runs.map((figures) => figures.peakMb));
  return row(
    name,
    runs.map(({ seconds }) => seconds),
    { peakMb, note },
  );
}
