import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { RecordsDiff, RecordsDiffRequest } from '../../../core/contracts/run-diff.ts';
import { diffRuns } from '../../../core/diff/diff-runs.ts';
import { SluiceError } from '../../../core/errors.ts';
import { sampleRecord } from '../../cli/render/sample-record.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ids = ['20260101T000000000-a', '20260102T000000000-b', '20260103T000000000-c'] as const;

/** A state folder with three runs that have ended, and a newest one that has not. */
async function configOf(diff?: (request: RecordsDiffRequest) => Promise<RecordsDiff>, runs: readonly string[] = ids) {
  const dir = await temporaryFolder();
  for (const id of runs) {
    const record = sampleRecord();
    const report = { ...record.report, summary: { ...record.report.summary, run_id: id } };
    await mkdir(join(dir, 'runs', id), { recursive: true });
    await writeFile(join(dir, 'runs', id, 'report.json'), JSON.stringify({ ...record, report }));
  }
  await mkdir(join(dir, 'runs', '20260104T000000000-d'), { recursive: true });
  const sinks = [{ plugin: {}, options: {} }, ...(diff === undefined ? [] : [{ plugin: { diff }, options: {} }])];
  return { state: { dir }, sinks, baseDir: '/base', secrets: ['s3cret'] } as unknown as ResolvedConfig;
}

const nothing: RecordsDiff = { sources: [], fields: [], fields_omitted: 0, drift: [], ids: { new: [], removed: [] } };

describe('diffRuns', () => {
  it('takes the last two runs that have ended, or those that are named', async () => {
    const asked: RecordsDiffRequest[] = [];
    const config = await configOf(async (request) => (asked.push(request), nothing));
    const chosen = async (wanted: { before?: string; after?: string }) => {
      const { runs } = await diffRuns(config, wanted);
      return [runs.before.run_id, runs.after.run_id];
    };
    expect(await chosen({})).toEqual([ids[1], ids[2]]);
    expect(await chosen({ before: ids[0] })).toEqual([ids[0], ids[2]]);
    expect(await chosen({ before: 'last', after: 'previous' })).toEqual([ids[2], ids[1]]);
    expect(await chosen({ before: ids[0], after: ids[1] })).toEqual([ids[0], ids[1]]);
    expect(asked[0]).toEqual({ baseDir: '/base', runs: { before: ids[1], after: ids[2] } });
  });

  it('says which run there is none of', async () => {
    await expect(diffRuns(await configOf(undefined, [ids[0]]), {})).rejects.toMatchObject({
      code: 'run_not_found',
      message: expect.stringMatching(/^there is no previous run to compare: .* holds one run only that has ended/),
    });
    await expect(diffRuns(await configOf(undefined, []), {})).rejects.toThrow('holds no run that has ended');
    await expect(diffRuns(await configOf(), { before: '20250101T000000000-x' })).rejects.toMatchObject({
      code: 'run_not_found',
      message: expect.stringContaining('20250101T000000000-x'),
    });
    await expect(diffRuns(await configOf(), { before: '../..' })).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(diffRuns(await configOf(), { before: ids[2] })).rejects.toThrow('name two runs');
  });

  it('does without records where none are kept, and says so', async () => {
    const message = 'the records of the run x are not kept any more';
    const kept = await configOf(() => Promise.reject(new SluiceError('run_not_found', message)));
    expect(await diffRuns(kept, {})).toMatchObject({ records_diff: null, records_missing: message });
    expect((await diffRuns(await configOf(), {})).records_missing).toContain('"history: true"');
  });

  it('throws what keeps records that are there from being read', async () => {
    const config = await configOf(() => Promise.reject(new SluiceError('sink_failed', 'it is in use')));
    await expect(diffRuns(config, {})).rejects.toMatchObject({ code: 'sink_failed' });
  });

  it('tells no secret that an upstream has sent back', async () => {
    const example = { id: 'a:1', before: '"s3cret"', after: null };
    const config = await configOf(async () => ({
      ...nothing,
      fields: [{ source: 'a', field: 'f', records: 1, examples: [example] }],
    }));
    expect((await diffRuns(config, {})).records_diff?.fields[0]?.examples[0]?.before).toBe('"***"');
  });
});
