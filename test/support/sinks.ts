import { readFile, writeFile } from 'node:fs/promises';
import type { Batch } from '../../core/contracts/batch.ts';
import type { UnifiedRecord } from '../../core/contracts/model.ts';
import type { RunReport } from '../../core/contracts/report.ts';
import type { ResolvedSink } from '../../core/config/resolved.ts';
import type { SinkContext, SinkPlugin, SinkWriter } from '../../core/contracts/sink.ts';
import { silentLogger } from './silent-logger.ts';
import { noValues } from '../../core/metrics/no-values.ts';

export function sinkContext(baseDir: string, change: Partial<SinkContext> = {}): SinkContext {
  return {
    runId: 'run1',
    name: 'sink',
    baseDir,
    sources: ['alpha', 'beta'],
    takes: ['alpha', 'beta'],
    startedAt: '2026-01-01T00:00:00.000Z',
    model: { name: 'product', fields: undefined, jsonSchema: undefined },
    resumable: false,
    logger: silentLogger,
    ...change,
  };
}

export function batchOf(...held: readonly Record<string, unknown>[]): Batch {
  const ndjson = new TextEncoder().encode(held.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return {
    source: 'alpha',
    pageKey: 'GET /',
    count: held.length,
    ndjson,
    records: () => held as readonly UnifiedRecord[],
  };
}

/** Records with ids from `from` up to, not including, `to`. */
export function records(from: number, to: number): Record<string, unknown>[] {
  return Array.from({ length: to - from }, (_, index) => ({
    id: `alpha:${from + index}`,
    title: `Ding ${from + index}`,
  }));
}

export function reportOf(summary: Partial<RunReport['summary']> = {}): RunReport {
  return {
    summary: {
      run_id: 'run1',
      started_at: '2026-01-01T00:00:00.000Z',
      total_products: 3,
      processing_time_seconds: 1.5,
      success_rate: 1,
      sources: ['alpha', 'beta'],
      partial: false,
      ...summary,
    },
    errors: [],
    metrics: { overall: { records: 0, price: noValues }, by_source: {}, category_distribution: {} },
    monitoring: {
      sources: {},
      sinks: {},
      lives: 1,
      dead_letters: { file: null, kept: 0, omitted: 0 },
      errors_omitted: 0,
    },
  };
}

/** Ends a file sink as a `kill -9` would: its temporary file stays as it is. */
export async function kill(sink: SinkWriter, temporary: string): Promise<void> {
  const left = await readFile(temporary);
  await sink.abort();
  await writeFile(temporary, left);
}

/** A promise that a test settles by hand. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

export interface MemorySink extends ResolvedSink {
  /** What was called, in order, with the records of each write. */
  readonly calls: string[];
}

/** A sink in memory; what a test overrides is called after the call was noted. */
export function memorySink(
  name: string,
  behaviour: Partial<SinkWriter> & { readonly open?: () => Promise<void>; readonly delivers?: 'on-close' } = {},
): MemorySink {
  const calls: string[] = [];
  const { delivers } = behaviour;
  const plugin: SinkPlugin = {
    name,
    ...(delivers && { delivers }),
    async open() {
      calls.push('open');
      await behaviour.open?.();
      return {
        async write(batch) {
          calls.push(`write ${batch.count}`);
          await behaviour.write?.(batch);
        },
        async commit() {
          calls.push('commit');
          return (await behaviour.commit?.()) ?? null;
        },
        async close(report) {
          calls.push('close');
          await behaviour.close?.(report);
        },
        async abort() {
          calls.push('abort');
          await behaviour.abort?.();
        },
      };
    },
  };
  return { name, plugin, options: {}, timeoutMs: 30_000, calls };
}
