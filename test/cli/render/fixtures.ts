import { createPaint } from '../../../cli/render/paint.ts';
import { createProgressState, foldProgress, type ProgressState } from '../../../cli/render/progress-state.ts';
import { renderProgress } from '../../../cli/render/progress.ts';
import { noPageMetrics } from '../../../core/metrics/page-metrics.ts';
import type { RunEvent } from '../../../core/contracts/events.ts';

/** Wall-clock time at which the runs of these tests start. */
export const t0 = 1_700_000_000_000;

/** Folds events, each with the time at which it comes, in milliseconds after the start. */
export function folded(...events: readonly (readonly [ms: number, event: RunEvent])[]): ProgressState {
  const state = createProgressState();
  for (const [ms, event] of events) foldProgress(state, { ...event, at: t0 + ms });
  return state;
}

export function started(...sources: string[]): (readonly [number, RunEvent])[] {
  return [
    [0, { type: 'run-started', runId: 'r', sources, sinks: ['json-file'], threads: 2 }],
    ...sources.map(
      (source) =>
        [
          0,
          {
            type: 'source-started',
            source,
            baseUrl: 'https://host',
            rateLimits: [{ requests: 5, perMs: 1_000 }],
            pagination: 'offset',
          },
        ] as const,
    ),
  ];
}

/** A page that came: its attempt, and its delivery. */
export function page(source: string, ms: number, records = 20): (readonly [number, RunEvent])[] {
  return [
    [ms, { type: 'attempt', source, key: `p${ms}`, url: 'https://host/p', attempt: 1, status: 200, bytes: 9, ms: 10 }],
    [
      ms,
      {
        type: 'page-delivered',
        source,
        key: `p${ms}`,
        items: records,
        records,
        duplicates: 0,
        dropped: 0,
        split: 0,
        drops: new Map(),
        rejects: [],
        metrics: noPageMetrics(),
        bytes: 9,
        attempts: 1,
        processingMs: 1,
      },
    ],
  ];
}

export function drawn(state: ProgressState, ms: number, columns = 100, rows = 24): string[] {
  return renderProgress(state, { columns, rows, now: t0 + ms, paint: createPaint(false) });
}
