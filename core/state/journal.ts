import type { Clock } from '../contracts/clock.ts';
import type { DeliveredPage } from '../contracts/engine.ts';
import type { TimedEvent } from '../contracts/events.ts';
import type { EarlierLives, RestoredSource, RunJournal, SourceJournal } from '../contracts/journal.ts';
import type { PageRequest } from '../contracts/page.ts';
import type { RunRecord } from '../contracts/run-record.ts';
import type { SinkPosition } from '../contracts/sink.ts';
import { addTo } from '../metrics/partial.ts';
import { type DeadLetters, deadLetterSink } from './dead-letters.ts';
import { beginSourceEpoch, keepKeys, type SourceEpochBuilder, writeSourceEpoch } from './epoch.ts';
import type { Cursors } from '../incremental/cursor-files.ts';
import { changeTexts } from './change-texts.ts';
import { addTime } from '../metrics/time.ts';
import type { LineLog } from './line-log.ts';
import type { JournalLine } from './lines.ts';
import { addPageFigures } from './page-figures.ts';

export interface JournalOptions {
  readonly runId: string;
  readonly log: LineLog;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  /** Last epoch that counts. */
  readonly epoch: number;
  readonly earlier: EarlierLives | undefined;
  readonly restored: ReadonlyMap<string, RestoredSource>;
  readonly positions: ReadonlyMap<string, SinkPosition>;
  /** Writes a request without the secrets in it. */
  readonly hide: (request: PageRequest) => PageRequest;
  /** Takes the secrets out of a text, so that they can be put back. */
  readonly hideText: (text: string) => string;
  /** Makes a text of an upstream fit to be kept. */
  readonly clean: (text: string) => string;
  /** Keeps how far sources have been read, once all of it is written. */
  readonly keepCursors: (cursors: Cursors) => Promise<void>;
  /** Keeps the report of the run; throws nothing. */
  readonly keepRecord: (record: RunRecord) => Promise<void>;
  /** Removes what only a stopped run has need of. */
  readonly tidy: () => Promise<void>;
  /** Lets go of the state folder. */
  readonly release: () => Promise<void>;
}

/** Keeps a run in its journal, from the given epoch on. */
export function createJournal(options: JournalOptions): RunJournal {
  const {
    runId,
    log,
    deadLetters,
    clock,
    earlier,
    restored,
    positions,
    hide,
    hideText,
    clean,
    keepCursors,
    keepRecord,
    tidy,
    release,
  } = options;
  const startedAt = clock.now();
  const elapsedBefore = earlier?.elapsedMs ?? 0;
  let epoch = options.epoch;
  // Items of a retry that has not come to them: out of the file of letters, and not delivered either.
  let waiting = [...restored.values()].reduce((sum, { letters }) => sum + letters.length, 0);
  let sources = new Map<string, SourceEpochBuilder>();
  const cursors = new Map([...restored].map(([name, { totals }]) => [name, totals.cursor]));
  let settling: Promise<void> = Promise.resolve();

  function within(name: string): SourceEpochBuilder {
    let source = sources.get(name);
    if (source === undefined) sources.set(name, (source = beginSourceEpoch()));
    return source;
  }

  function sourceJournal(name: string): SourceJournal {
    return {
      restored: restored.get(name),
      added(request, extra) {
        const written = hide(request);
        within(name).added.push(extra ? { extra: written } : written);
      },
      preceded: (ordinal) => void within(name).preceded.push(ordinal),
      expanded: (ordinal) => void within(name).expanded.push(ordinal),
      attempted: (ordinal, attempts) => void within(name).attempted.push([ordinal, attempts]),
      refused: ({ code, message }) => void (within(name).refused ??= { code, message: clean(message) }),
      capped() {
        within(name).capped = true;
      },
    };
  }

  function delivered(page: DeliveredPage): void {
    const { batch, child, receipt, rejects } = page;
    const source = within(batch.source);
    const { figures } = source;
    if (receipt.ordinal === undefined) {
      source.redriven += page.items;
      waiting -= page.items;
    } else {
      source.done.push(receipt.ordinal);
      figures.pages += 1;
      if (page.unchanged === true) figures.unchanged += 1;
      if (page.items > 0) source.pages.push(receipt.bytesHash);
    }
    if (receipt.idHashes.length > 0) source.ids.push(receipt.idHashes);
    for (const [name, hashes] of receipt.keys ?? []) keepKeys(source, name, hashes);
    source.totals = receipt.totals;
    cursors.set(batch.source, receipt.totals.cursor);
    const at = clock.date();
    addPageFigures(figures, page, { key: batch.pageKey, records: batch.count, at, clean });
    for (const reject of rejects) deadLetters.record(batch.source, batch.pageKey, reject, at, child);
  }

  function onEvent(event: TimedEvent): void {
    switch (event.type) {
      case 'attempt': {
        const { figures } = within(event.source);
        figures.requests += 1;
        figures.bytes += event.bytes;
        if (event.status !== undefined) addTo(figures.statuses, event.status, 1);
        break;
      }
      case 'retry':
        within(event.source).figures.retries += 1;
        break;
      case 'limiter-wait':
        within(event.source).figures.limiterWaitMs += event.ms;
        break;
      case 'time-spent':
        addTime(within(event.source).figures.time, event.spent);
        break;
      default:
    }
  }

  const append = (line: JournalLine): void => log.append(line);

  return {
    runId,
    earlier,
    resumable: true,
    source: sourceJournal,
    position: (sink) => positions.get(sink),
    delivered,
    skipped({ source, ordinal, action }) {
      const changed = within(source);
      changed.done.push(ordinal);
      changed.skipped += 1;
      if (action === 'ignore') changed.figures.ignored += 1;
      else changed.figures.pages += 1;
    },
    failed({ source, page, error }) {
      if (page === undefined) return;
      within(source).failed.push(page.ordinal);
      if (page.bytes !== undefined) deadLetters.page(source, page.key, error, page.bytes, clock.date());
    },
    on: onEvent,
    seal() {
      epoch += 1;
      const told = Object.fromEntries([...sources].map(([name, source]) => [name, writeSourceEpoch(source)]));
      sources = new Map();
      const elapsedMs = Math.round(elapsedBefore + clock.now() - startedAt);
      append({ type: 'epoch', epoch, at: clock.date(), elapsedMs, sources: told });
      const sealed = epoch;
      // As a sink does: the epoch counts once its letters are in their file too.
      settling = deadLetters
        .flush()
        .then(({ bytes, kept, omitted }) =>
          append({ type: 'commit', sink: deadLetterSink, epoch: sealed, position: { bytes, kept, omitted } }),
        );
      return epoch;
    },
    committed: (sink, sealed, position) =>
      append({ type: 'commit', sink, epoch: sealed, position: changeTexts(position, hideText) }),
    deadLetters: {
      file: deadLetters.file,
      get kept() {
        return deadLetters.kept + waiting;
      },
      get omitted() {
        return deadLetters.omitted;
      },
    },
    sync: () => log.sync().catch(() => undefined),
    async end(ending, records, complete) {
      await settling;
      const read = complete.map((name) => [name, cursors.get(name)]).filter(([, cursor]) => cursor !== undefined);
      await keepCursors(Object.fromEntries(read) as Cursors);
      append({ type: 'end', at: clock.date(), ending, records });
      try {
        await log.sync();
        if (ending === 'complete') await tidy();
      } catch {
        // A journal that can't be written has said so when it happened; the run itself has come to its end.
      }
    },
    keepRecord,
    async close() {
      await settling;
      await log.close();
      await deadLetters.close();
      await release();
    },
  };
}
