import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../contracts/batch.ts';
import type { Logger } from '../../contracts/logger.ts';
import type { UnifiedRecord } from '../../contracts/model.ts';
import type { RunReport } from '../../contracts/report.ts';
import type { SinkContext, SinkPlugin, SinkPosition, SinkWriter } from '../../contracts/sink.ts';
import { idPrefix } from './output.ts';
import { noValues } from '../../metrics/no-values.ts';

/** Fields of the kit's records: those of a product. */
export type FieldsOf = (number: number) => Readonly<Record<string, unknown>>;

/** A sink under test, and where it writes. */
export interface Stage {
  readonly plugin: SinkPlugin;
  /** As its schema returned them. */
  readonly options: unknown;
  readonly timeoutMs: number;
  /** Pages of records: few and many, odd characters, and one whose line is nearly as long as a line may be. */
  readonly pages: readonly Batch[];
  /** A new empty folder; it goes when the test ends. */
  folder(): Promise<string>;
  /**
   * The folder as a process finds it after this one was killed: a copy, or the same one where the sink writes no files,
   * for then nothing but the sink itself can tell a kill.
   */
  afterKill(folder: string, writer: SinkWriter): Promise<string>;
  context(folder: string): SinkContext;
  open(folder: string, position?: SinkPosition, change?: Partial<SinkContext>): Promise<SinkWriter>;
  /** Waits for an operation; throws where it takes too long. */
  timed<T>(name: string, work: () => Promise<T> | T): Promise<T>;
}

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

/** Makes the stage of a sink, and the function that clears it away. */
export async function createStage(
  plugin: SinkPlugin,
  options: unknown,
  { timeoutMs, fields }: { readonly timeoutMs: number; readonly fields: FieldsOf },
): Promise<{ readonly stage: Stage; readonly clear: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-sink-'));
  let folders = 0;
  const folder = async (): Promise<string> => mkdtemp(join(root, `${(folders += 1)}-`));

  async function timed<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${name}() takes longer than ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      // Through an async function: one that throws before it returns a promise rejects all the same.
      return await Promise.race([(async () => work())(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  const context = (baseDir: string): SinkContext => ({
    runId: 'run1',
    name: plugin.name,
    baseDir,
    sources: ['kit'],
    takes: ['kit'],
    startedAt: '2026-01-01T00:00:00.000Z',
    model: { name: 'product', fields: Object.keys(fields(1)), jsonSchema: undefined },
    resumable: true,
    logger: silent,
  });

  const stage: Stage = {
    plugin,
    options,
    timeoutMs,
    pages: pagesOf(fields),
    folder,
    async afterKill(from, writer) {
      const to = await folder();
      await cp(from, to, { recursive: true });
      // Only to let go of its handles: what it does to its own folder nobody sees.
      await timed('abort', () => writer.abort()).catch(() => undefined);
      return to;
    },
    context,
    open: (baseDir, position, change = {}) =>
      timed('open', () => plugin.open({ ...context(baseDir), ...change }, options, position)),
    timed,
  };
  return { stage, clear: () => rm(root, { recursive: true, force: true }) };
}

export const productFields: FieldsOf = (number) => ({
  title: `Thing ${number}`,
  price: number * 1.25,
  currency: null,
  category: number % 2 === 0 ? 'even' : 'odd',
  brand: null,
  rating: null,
  description: oddTexts[number % oddTexts.length] ?? null,
  image: null,
  url: null,
});

/** What breaks a sink that cuts, quotes or counts characters by itself. */
const oddTexts: readonly string[] = [
  'plain',
  'a "quoted", comma; semicolon\ttab',
  "it's; DROP TABLE records; --",
  'line one\nline two\r\nline three\u2028four',
  '\u{1f600} \u4f60\u597d \u0628 \u202eright to left',
  '=HYPERLINK("x") \\ backslash \u0000 null',
];

/** Nearly the 1 MiB that the line of a record may have. */
const hugeText = 'x'.repeat(900_000);
const sizes = [2, 40, 1, 7, 1];

function pagesOf(fields: FieldsOf): readonly Batch[] {
  let number = 0;
  return sizes.map((size, page) =>
    batchOf(
      page,
      Array.from({ length: size }, () => {
        number += 1;
        const own = fields(number);
        const { description } = own;
        const huge = page === 2 && typeof description === 'string' ? { description: hugeText } : {};
        const head = { id: `${idPrefix}${number}`, source: 'kit', source_id: String(number) };
        return { ...head, ...own, ...huge, processed_at: '2026-01-01T00:00:00.000Z' };
      }),
    ),
  );
}

function batchOf(page: number, records: readonly Readonly<Record<string, unknown>>[]): Batch {
  const ndjson = new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return {
    source: 'kit',
    pageKey: `GET /things?page=${page}`,
    count: records.length,
    ndjson,
    records: () => records as readonly UnifiedRecord[],
  };
}

/** The report of a run that went well. */
export function reportOf(records: number): RunReport {
  return {
    summary: {
      run_id: 'run1',
      started_at: '2026-01-01T00:00:00.000Z',
      total_products: records,
      processing_time_seconds: 1.5,
      success_rate: 1,
      sources: ['kit'],
      partial: false,
    },
    errors: [],
    metrics: { overall: { records, price: noValues }, by_source: {}, category_distribution: {} },
    monitoring: {
      sources: {},
      sinks: {},
      lives: 1,
      dead_letters: { file: null, kept: 0, omitted: 0 },
      errors_omitted: 0,
    },
  };
}
