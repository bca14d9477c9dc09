import { describe, expect, it } from 'vitest';
import type { SinkPlugin } from '../../../core/contracts/sink.ts';
import { pruneRuns } from '../../../core/state/prune.ts';
import { listRunIds } from '../../../core/state/run-folders.ts';
import { fakeDisk } from '../../support/fake-disk.ts';
import { runLine, stateDir, writeJournal } from '../../support/journal-files.ts';
import { silentLogger } from '../../support/silent-logger.ts';

async function prune(ids: readonly string[], keepRuns: number, runId: string, forget: SinkPlugin['forget']) {
  const disk = fakeDisk();
  for (const id of ids) await writeJournal(disk, id, [runLine(id)]);
  const warnings: string[] = [];
  const plugin: SinkPlugin = { name: 'file', open: () => Promise.reject(new Error('no')), ...(forget && { forget }) };
  const sink = { name: 'out', plugin, options: { path: 'x' }, timeoutMs: 1 };
  const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  const config = { sources: [], sinks: [sink], baseDir: '/base' };
  // Only what is asked of a config is given.
  await pruneRuns({ config: config as never, disk, stateDir, keepRuns, runId, logger });
  return { left: await listRunIds(disk, stateDir), warnings };
}

describe('old runs', () => {
  it('go, oldest first, with what they left in every sink; the run at hand stays however old it is', async () => {
    const forgotten: string[] = [];
    const { left } = await prune(['a', 'b', 'c', 'd', 'e'], 3, 'a', (context, options) => {
      forgotten.push(`${context.runId} ${context.name} ${context.baseDir} ${JSON.stringify(options)}`);
      return Promise.resolve();
    });
    expect(left).toEqual(['e', 'd', 'a']);
    expect(forgotten).toEqual(['c out /base {"path":"x"}', 'b out /base {"path":"x"}']);
  });

  it('stay where there are no more than are kept', async () => {
    expect((await prune(['a', 'b'], 2, 'b', undefined)).left).toEqual(['b', 'a']);
  });

  it('that can not be removed stay, with a warning, and keep nobody from running', async () => {
    const { left, warnings } = await prune(['a', 'b', 'c'], 1, 'c', ({ runId }) =>
      runId === 'b' ? Promise.reject(new Error('it is in use')) : Promise.resolve(),
    );
    expect(left).toEqual(['c', 'b']);
    expect(warnings).toEqual([expect.stringContaining("b can't be removed: it is in use")]);
  });
});
