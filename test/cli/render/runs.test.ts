import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderRuns } from '../../../cli/render/runs.ts';
import type { ListedRun } from '../../../core/index.ts';

const paint = createPaint(false);

function run(change: Partial<ListedRun>): ListedRun {
  return {
    id: '20260131T120000123-4fa2c1',
    startedAt: '2026-01-31T12:00:00.123Z',
    state: 'complete',
    lives: 1,
    config: 'pipeline.config.ts',
    sources: ['dummyjson', 'escuelajs'],
    sinks: ['json-file'],
    records: 1494,
    resumable: 'no',
    ...change,
  };
}

describe('renderRuns', () => {
  it('says of each run when it began, how it ended, what it has, and how it is taken up', () => {
    const runs = [
      run({ state: 'stopped', resumable: 'yes', lives: 3 }),
      run({ state: 'partial', resumable: 'by id', records: 20 }),
      run({}),
    ];
    const lines = renderRuns(runs, { dir: '/x/.pipeline', width: 200, paint });
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      /^20260131T120000123-4fa2c1 +stopped +1,494 +3 +2026-01-31T12:00:00Z +.*escuelajs +--resume$/,
    );
    expect(lines[2]).toMatch(/partial +20 +1 .*--resume with its id$/);
    expect(lines[3]).toMatch(/complete +1,494/);
  });

  it('fits a narrow terminal, and keeps what a resume needs', () => {
    const lines = renderRuns([run({ state: 'partial', resumable: 'by id' })], { dir: '/x', width: 44, paint });
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(44);
    expect(lines[1]).toContain('20260131T120000123-4fa2c1');
    expect(lines[1]).toContain('partial');
  });

  it('says where there are none, and why', () => {
    expect(renderRuns([], { dir: '/x/.pipeline', width: 80, paint })).toEqual(['no runs in /x/.pipeline']);
    expect(renderRuns([], { dir: undefined, width: 80, paint }).join(' ')).toContain('state: false');
  });
});
