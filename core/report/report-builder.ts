import type { Clock } from '../contracts/clock.ts';
import type { EventListener, TimedEvent } from '../contracts/events.ts';
import type { EarlierLives } from '../contracts/journal.ts';
import type { MetricsPartial } from '../contracts/metrics.ts';
import type { PriceTrends } from '../contracts/price-trends.ts';
import type { RunMetrics, RunReport, SourceMonitoring } from '../contracts/report.ts';
import { SluiceError } from '../errors.ts';
import { mergeMetrics } from '../metrics/merge.ts';
import type { QualityCounts } from '../contracts/quality.ts';
import { addPageMetrics } from '../metrics/page-metrics.ts';
import { summarise } from '../metrics/statistics.ts';
import { mergeCategories, noCategories, reportCategories } from '../quality/categories.ts';
import { mergeQuality } from '../quality/counts.ts';
import { judgeQuality } from '../quality/judge.ts';
import { createErrorLog } from './error-log.ts';
import { createSinkTally } from './sink-tally.ts';
import { createSourceTally, share } from './source-tally.ts';

/** Makes the report of a run out of its events, and of nothing else. */
export interface ReportBuilder {
  /** Takes the next event; `run-started` comes first. */
  readonly on: EventListener;
  /** The report of what has happened so far; may be asked for again later. Throws `internal_error` before the start. */
  build(): RunReport;
}

/** What a report needs beside the events. */
export interface ReportBuilderOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Makes a text from outside fit to be printed: no control characters, no secrets. */
  readonly clean: (text: string) => string;
}

/** Builds the listener for one run; `clock` measures how long it takes. */
export function createReportBuilder({ clock, clean }: ReportBuilderOptions): ReportBuilder {
  const sourceTally = named(() => createSourceTally(clean));
  const sinkTally = named((sink) => createSinkTally(started?.routes?.[sink]));
  const metrics = named((): MetricsPartial => new Map());
  const broken = named((): QualityCounts => new Map());
  const names = noCategories();
  const errors = createErrorLog(clean);
  let started: (Extract<TimedEvent, { type: 'run-started' }> & { readonly now: number }) | undefined;
  let earlier: EarlierLives | undefined;
  let file: string | null = null;
  let kept = 0;
  let omitted = 0;
  let stopped = false;
  let trends: PriceTrends | undefined;
  /** Of what has been counted so far: a run makes several reports once all of it is, and this is most of each. */
  let summary: RunMetrics | undefined;

  function begin(event: Extract<TimedEvent, { type: 'run-started' }>): void {
    started = { ...event, now: clock.now() };
    // All are in the report, in the order of the config, also those of which nothing will be heard.
    event.sources.forEach((source) => {
      sourceTally.get(source);
      metrics.get(source);
    });
    event.sinks.forEach((sink) => sinkTally.get(sink));
  }

  function resume(event: Extract<TimedEvent, { type: 'run-resumed' }>): void {
    earlier = event;
    addAll(event.sources);
    sinkTally.all.forEach((tally) => tally.on(event));
  }

  function addAll(figuresBySource: EarlierLives['sources']): void {
    summary = undefined;
    for (const [source, figures] of figuresBySource) {
      sourceTally.get(source).add(figures);
      mergeMetrics(metrics.get(source), figures.metrics);
      mergeQuality(broken.get(source), figures.quality);
      mergeCategories(names, figures.categories);
      errors.restoreRejects(source, figures.rejects);
    }
  }

  return {
    on(event) {
      if (event.type === 'run-started') begin(event);
      if (event.type === 'run-resumed') resume(event);
      if (event.type === 'run-caught-up') addAll(event.sources);
      if (event.type === 'dead-letters') ({ file = null, kept, omitted } = event);
      if (event.type === 'run-stopping') stopped = true;
      if (event.type === 'price-trends') ({ trends } = event);
      if (event.type === 'page-delivered') {
        summary = undefined;
        addPageMetrics(metrics.get(event.source), event.metrics);
        if (event.categories !== undefined) mergeCategories(names, event.categories, clean);
        if (event.quality !== undefined) mergeQuality(broken.get(event.source), event.quality, clean);
      }
      if ('source' in event) sourceTally.get(event.source).on(event);
      if ('sink' in event) sinkTally.get(event.sink).on(event);
      errors.on(event);
    },
    build() {
      if (started === undefined) throw new SluiceError('internal_error', 'a report was asked for before the run began');
      const sources = sourceTally.map((tally) => tally.build());
      const totals = addUp(sources.values());
      const sinks = sinkTally.map((tally, sink) => {
        const own = started?.routes?.[sink];
        return tally.build(own === undefined ? totals : addUp(own.flatMap((source) => sources.get(source) ?? [])));
      });
      const { quality: rules = [], categories } = started;
      const judged = judgeQuality(rules, (name) => ({
        records: sources.get(name)?.records ?? 0,
        counts: broken.get(name),
      }));
      summary ??= summarise(metrics.all);
      const incomplete = [...sources.values(), ...sinks.values()].some(({ state }) => state !== 'complete');
      return {
        summary: {
          run_id: started.runId,
          started_at: new Date(earlier?.startedAt ?? started.at).toISOString(),
          total_products: totals.records,
          processing_time_seconds: Math.round((earlier?.elapsedMs ?? 0) + clock.now() - started.now) / 1000,
          success_rate: share(totals.delivered, totals.delivered + totals.failed),
          sources: started.sources,
          partial: stopped || incomplete || totals.failed > 0,
        },
        errors: errors.build(),
        metrics: { ...summary, ...(trends && { price_trends: trends }) },
        monitoring: {
          sources: Object.fromEntries(sources),
          sinks: Object.fromEntries(sinks),
          lives: earlier?.life ?? 1,
          dead_letters: { file, kept, omitted },
          ...(rules.length > 0 && { quality: judged }),
          ...(categories !== undefined && { categories: reportCategories(categories, names) }),
          errors_omitted: errors.omitted,
        },
      };
    },
  };
}

/** One value for each name, made when the name is first heard; the order of the names stays. */
function named<Value>(create: (name: string) => Value) {
  const all = new Map<string, Value>();
  return {
    all: all as ReadonlyMap<string, Value>,
    get(name: string): Value {
      const value = all.get(name) ?? create(name);
      all.set(name, value);
      return value;
    },
    map<Result>(change: (value: Value, name: string) => Result): Map<string, Result> {
      return new Map([...all].map(([name, value]) => [name, change(value, name)]));
    },
  };
}

/** What all sources have come to. */
function addUp(sources: Iterable<SourceMonitoring>) {
  const sum = { records: 0, delivered: 0, failed: 0, read: 0, rejected: 0, duplicates: 0, dropped: 0, split: 0 };
  for (const { records, pages, items } of sources) {
    sum.records += records;
    sum.delivered += pages.delivered;
    sum.failed += pages.failed;
    sum.read += items.read;
    sum.rejected += items.rejected;
    sum.duplicates += items.duplicates;
    sum.dropped += items.dropped;
    sum.split += items.split;
  }
  return sum;
}
