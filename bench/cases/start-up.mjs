/** Case 6: how long the command takes from its start to its exit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave } from '../measure/interleave.mjs';
import { measureProcess } from '../measure/process.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { pipelineMain } from '../suite/dist.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { perPage } from '../upstream/pages.mjs';
import { startUpstream } from '../upstream/start.mjs';

export const title = 'Start-up: from the start of the process to its exit';

export async function run({ rounds, quick, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const upstream = await startUpstream({ records: perPage });
  const sources = [{ use: 'dummyjson', baseUrl: upstream.url }];
  const sinks = [{ use: 'ndjson', path: 'out.ndjson' }];
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify({ sources, sinks }));
  const commands = [
    { key: 'node', name: 'node -e 0', args: ['-e', '0'] },
    { key: 'version', name: 'pipeline --version', args: [pipelineMain, '--version'] },
    { key: 'help', name: 'pipeline --help', args: [pipelineMain, '--help'] },
    { key: 'run', name: 'pipeline run', args: [pipelineMain, 'run', '--quiet'], note: 'one page of 20 records' },
  ];
  const start = async ({ args }) => measureProcess(process.execPath, args, { cwd: folder });
  try {
    // The first start of each fills the caches of the disk, and Node's of compiled code.
    for (const command of commands) await start(command);
    const measured = await interleave(commands, quick ? rounds : rounds * 4, start);
    const rows = commands.map((command) => {
      const runs = measured.get(command);
      const times = runs.map(({ seconds }) => seconds * 1000);
      log(`${command.name}: ${medianOf(times).toFixed(0)} ms`);
      return row(command.name, times, { note: command.note });
    });
    const times = (key) => rows[commands.findIndex((command) => command.key === key)].median;
    return {
      unit: 'ms',
      rows,
      goals: [
        atMost('pipeline --version ÷ node -e 0', 1.5, times('version') / times('node')),
        atMost('pipeline --help ÷ node -e 0', 2, times('help') / times('node')),
      ],
    };
  } finally {
    upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
