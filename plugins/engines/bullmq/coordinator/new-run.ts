import { randomBytes } from 'node:crypto';
import { createRunId, type EngineContext, nodeDisk, readCursors } from '../../../../core/engine.ts';
import type { RegisteredRun } from '../ledger/runs.ts';

/** What is registered of a run that begins now; with `fullRefresh`, its sources are asked for everything. */
export async function newRun(context: EngineContext, fullRefresh: boolean): Promise<RegisteredRun> {
  const { config, clock, logger, version, fingerprint } = context;
  const { state, sources } = config;
  const startedAt = clock.date();
  const warn = (text: string): void => logger.warn(text);
  return {
    runId: createRunId(startedAt),
    version,
    fingerprint,
    startedAt,
    state: 'running',
    hashKey: randomBytes(8).readBigUInt64LE(),
    sources: sources.map(({ name }) => name),
    cursors: state === undefined || fullRefresh ? {} : await readCursors(nodeDisk, state.dir, sources, warn),
  };
}
