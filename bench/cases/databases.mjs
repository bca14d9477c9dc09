/** Case 9: records into databases, against what these do with the same records by themselves. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { copyRows, emptyTable, keepRows } from '../databases/copy-rows.mjs';
import { readJson } from '../databases/duckdb-itself.mjs';
import { findPrograms, startPostgres } from '../databases/postgres-server.mjs';
import { writeRecords } from '../databases/record-file.mjs';
import { writeToSink } from '../databases/write-to-sink.mjs';
import { interleave } from '../measure/interleave.mjs';
import { atMost } from '../suite/goal.mjs';
import { notRun, row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';

export const title = 'Databases: records through the duckdb and postgres sinks, against read_json and COPY';

export async function run({ rounds, quick, log }) {
  const count = quick ? 50_000 : 1_000_000;
  return inTemporaryFolder(async (folder) => {
    const records = join(folder, 'records.ndjson');
    await writeRecords(records, count);
    const megabytes = Math.round(statSync(records).size / 2 ** 20);
    const note = `${count.toLocaleString('en-US')} records, ${megabytes} MB, a commit each 8 MiB`;
    let life = 0;
    const sink = (name, options) => writeToSink(name, options, { folder, records, runId: `bench${(life += 1)}` });
    const contestants = [
      { name: 'duckdb sink', note, run: (round) => sink('duckdb', { path: `sink-${round}.duckdb` }) },
      {
        name: 'read_json',
        note: 'DuckDB alone: the same file into a table with a primary key, one statement, memory_limit 512 MB as the sink',
        run: (round) => readJson(join(folder, `itself-${round}.duckdb`), records),
      },
    ];
    const programs = findPrograms();
    const server = programs && (await startPostgres(programs, folder));
    try {
      if (server !== undefined) contestants.push(...(await onServer(server, folder, sink, note)));
      const seconds = await interleave(contestants, rounds, async ({ name, prepare, run: act }, round) => {
        await prepare?.();
        const started = performance.now();
        await act(round);
        const taken = (performance.now() - started) / 1000;
        log(`${name}: ${taken.toFixed(2)} s`);
        return taken;
      });
      const rows = contestants.map((contestant) =>
        row(contestant.name, seconds.get(contestant), { note: contestant.note }),
      );
      const [duckdb, itself, postgres, copy] = rows.map(({ median }) => median);
      if (server === undefined) rows.push(notRun('postgres sink', 'PostgreSQL is not installed'));
      return {
        unit: 's',
        rows,
        goals: [
          atMost('duckdb sink ÷ read_json', 2, duckdb / itself),
          atMost('postgres sink ÷ COPY', 2, server && postgres / copy),
        ],
      };
    } finally {
      await server?.stop();
    }
  });
}

/** Both write into the same table, emptied before each; the rows to copy are those that the sink has written. */
async function onServer({ url }, folder, sink, note) {
  const rows = join(folder, 'rows.copy');
  const write = () => sink('postgres', { url });
  await write();
  await keepRows(url, rows);
  const prepare = () => emptyTable(url);
  return [
    { name: 'postgres sink', note, prepare, run: write },
    {
      name: 'COPY',
      note: 'the same rows into the same table with its primary key, one statement',
      prepare,
      run: () => copyRows(url, rows),
    },
  ];
}
