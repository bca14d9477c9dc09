import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResolvedSink } from '../../../core/config/resolved.ts';
import type { SinkPlugin } from '../../../core/contracts/sink.ts';
import { importDefault } from '../../../core/registry/import-module.ts';
import { pluginProblems } from '../../../core/registry/validate-plugin.ts';
import { createSinkRunner } from '../../../core/run/sink-runner.ts';
import { createNoJournal } from '../../../core/state/no-journal.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { batchOf, reportOf, sinkContext } from '../../support/sinks.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function loadExample(): Promise<SinkPlugin> {
  const plugin = await importDefault(new URL('../../../docs/examples/count-by-category-sink.ts', import.meta.url).href);
  expect(pluginProblems('sink', plugin)).toEqual([]);
  return plugin as SinkPlugin;
}

const batches = [
  batchOf({ category: 'beauty' }, { category: 'furniture' }, { category: 'beauty' }),
  batchOf({ category: null }, { category: 'beauty' }),
];
const expected = { beauty: 3, furniture: 1, '(none)': 1 };

describe('docs/examples/count-by-category-sink.ts', () => {
  it('is loaded from its file and counts in a run', async () => {
    const folder = await temporaryFolder();
    const plugin = await loadExample();
    const sink: ResolvedSink = { name: plugin.name, plugin, options: { path: 'deep/counts.json' }, timeoutMs: 1000 };
    const runner = createSinkRunner({
      sinks: [sink],
      context: sinkContext(folder),
      clock: fakeClock(),
      emit: (event) => expect(event.type).not.toBe('sink-failed'),
      journal: createNoJournal('run1'),
    });
    await runner.open();
    for (const batch of batches) await runner.write(batch);
    await runner.flush();
    expect(await readdir(folder)).toEqual([]);
    await runner.close(reportOf());
    expect(JSON.parse(await readFile(join(folder, 'deep/counts.json'), 'utf8'))).toEqual(expected);
  });

  it('goes on from the committed position after a resume', async () => {
    const folder = await temporaryFolder();
    const plugin = await loadExample();
    const [first, second] = batches;
    const before = await plugin.open(sinkContext(folder), { path: 'counts.json' });
    if (first !== undefined) await before.write(first);
    const position = await before.commit();
    if (second !== undefined) await before.write(second);
    await before.abort();

    const after = await plugin.open(sinkContext(folder), { path: 'counts.json' }, position);
    if (second !== undefined) await after.write(second);
    await after.close(reportOf());
    expect(JSON.parse(await readFile(join(folder, 'counts.json'), 'utf8'))).toEqual(expected);
  });
});
