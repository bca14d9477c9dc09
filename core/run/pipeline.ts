import { inject, injectable } from 'tsyringe';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { PageProcessor } from '../contracts/batch.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Engine, PageOutcome, SourceClient, SourcePlan } from '../contracts/engine.ts';
import type { EventListener } from '../contracts/events.ts';
import type { RunEnding, RunJournal } from '../contracts/journal.ts';
import type { RunReport } from '../contracts/report.ts';
import type { RunRecord } from '../contracts/run-record.ts';
import { tokens } from '../di/tokens.ts';
import { classify, SluiceError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import { cleanText, createRedactor, createSecretMask } from '../redact.ts';
import type { Hasher } from '../processing/hash.ts';
import { assertReconciled } from '../report/reconcile.ts';
import { createKeyWatch } from '../quality/key-watch.ts';
import { createReportBuilder } from '../report/report-builder.ts';
import { createRunRecorder, type RunRecorder } from '../report/run-recorder.ts';
import { deliveredEvent } from './delivered-event.ts';
import type { EventBus } from './event-bus.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import type { SinkRunner } from './sink-runner.ts';
import type { StageClocks } from './stage-clocks.ts';
import { createStopSignal } from './stop-signal.ts';

export interface RunOptions {
  /** Aborting it stops the fetching; what was fetched is still written, and the report says `partial`. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly report: RunReport;
  readonly exitCode: ExitCode;
  /** The report with what its drawing needs. */
  readonly record: RunRecord;
}

/** One run of one config: pulls outcomes out of the engine, hands records to the sinks, and tells what happened. */
@injectable()
export class Pipeline {
  readonly #config: ResolvedConfig;
  readonly #clock: Clock;
  readonly #hasher: Hasher;
  readonly #events: EventBus;
  readonly #engine: Engine;
  readonly #processor: PageProcessor;
  readonly #clients: (source: SourcePlan) => SourceClient;
  readonly #stages: StageClocks;
  readonly #journal: RunJournal;
  readonly #sinks: SinkRunner;
  #started = false;

  constructor(
    @inject(tokens.config) config: ResolvedConfig,
    @inject(tokens.clock) clock: Clock,
    @inject(tokens.hasher) hasher: Hasher,
    @inject(tokens.events) events: EventBus,
    @inject(tokens.engine) engine: Engine,
    @inject(tokens.processor) processor: PageProcessor,
    @inject(tokens.clients) clients: (source: SourcePlan) => SourceClient,
    @inject(tokens.stages) stages: StageClocks,
    @inject(tokens.journal) journal: RunJournal,
    @inject(tokens.sinks) sinks: SinkRunner,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#hasher = hasher;
    this.#events = events;
    this.#engine = engine;
    this.#processor = processor;
    this.#clients = clients;
    this.#stages = stages;
    this.#journal = journal;
    this.#sinks = sinks;
  }

  /** Calls `listener` with every event of the run, in order. */
  on(listener: EventListener): void {
    this.#events.on(listener);
  }

  /**
   * Runs all sources into all sinks, once. Never rejects for what an upstream or a sink does: that is in the report.
   * Rejects with `internal_error` for a second run, and where the counts do not add up, which is a bug here.
   */
  async run({ signal }: RunOptions = {}): Promise<RunResult> {
    // Its threads end with the run, and its listeners hold the figures of one.
    if (this.#started) throw new SluiceError('internal_error', 'a pipeline runs once: create another for another run');
    this.#started = true;
    const { emit } = this.#events;
    const { sources, sinks: sinkPlans, deadlineMs, quality: rules, categories } = this.#config;
    const journal = this.#journal;
    const sinks = this.#sinks;
    const redact = createRedactor(this.#config.secrets);
    const clean = (text: string): string => cleanText(redact(text));
    const report = createReportBuilder({ clock: this.#clock, clean });
    const { secrets } = this.#config;
    const recorder = createRunRecorder({ clean, mask: secrets.length === 0 ? undefined : createSecretMask(secrets) });
    this.#events.on(report.on);
    this.#events.on(recorder.on);
    this.#events.on(journal.on);

    const names = { sources: sources.map(({ name }) => name), sinks: sinkPlans.map(({ name }) => name) };
    const routes = Object.fromEntries(
      sinkPlans.flatMap(({ name, route }) => (route?.sources === undefined ? [] : [[name, route.sources]])),
    );
    const { threads } = this.#processor;
    const quality = {
      ...(rules.length > 0 && { quality: rules }),
      ...(categories !== undefined && { categories }),
    };
    const engine = this.#config.engine && { engine: this.#config.engine.plugin.name };
    emit({ type: 'run-started', runId: journal.runId, ...names, routes, threads, ...engine, ...quality });
    if (journal.earlier !== undefined) emit({ type: 'run-resumed', ...journal.earlier });
    const stop = createStopSignal({ clock: this.#clock, deadlineMs, signal });
    onAbort(stop.signal, () => emit({ type: 'run-stopping', error: classify(stop.signal.reason) }));
    // A moment after the deadline draining ends too: what a thread still works on (it may hang), and what still waits
    // for a slow sink.
    onAbort(stop.drained, () => {
      void this.#processor.close();
      sinks.discard(classify(stop.signal.reason));
    });
    let closed: RunReport;
    let record: RunRecord;
    try {
      await sinks.open();
      // Before the first record: a sink that keeps it must be known to have begun, whatever happens to the machine.
      await journal.sync();
      await this.#drive(stop.signal, stop.abort, recorder);
      // Where the time went until here belongs to the last epoch, which ends now.
      this.#stages.tell();
      await sinks.flush();
      // Before the report is made: all that was fetched is written, or never will be.
      this.#stages.close();
      const { file, kept, omitted } = journal.deadLetters;
      emit({ type: 'dead-letters', file, kept, omitted });
      // All is written: from here on neither the deadline nor an interrupt can make less of it.
      stop.dispose();
      // As few as can be: each holds all that is known of every source.
      const written = report.build();
      const trends = await sinks.trends(written);
      if (trends !== undefined) emit({ type: 'price-trends', trends });
      await sinks.close(trends === undefined ? written : report.build());
      closed = report.build();
      await journal.end(endingOf(closed, stop.signal), closed.summary.total_products, wholeSources(closed));
      // While the state folder is still this run's own.
      record = recorder.build(closed);
      await journal.keepRecord(record);
    } catch (thrown) {
      // A bug, here or in an engine: no half of a file is left where it could be taken for a whole one.
      await sinks.abort(classify(thrown));
      throw thrown;
    } finally {
      stop.dispose();
      await this.#processor.close();
      await journal.close();
    }

    assertReconciled(closed);
    emit({ type: 'run-finished', report: closed });
    const interrupted = classify(stop.signal.reason).code === 'interrupted';
    const auxiliary = new Set(sinkPlans.filter(({ plugin }) => plugin.auxiliary).map(({ name }) => name));
    return { report: closed, exitCode: exitCodeOf(closed, interrupted, auxiliary), record };
  }

  async #drive(signal: AbortSignal, abort: (error: SluiceError) => void, recorder: RunRecorder): Promise<void> {
    const sinks = this.#sinks;
    const { sources, onSourceFailure, workers, quality } = this.#config;
    const plan = { sources, onSourceFailure, maxInFlightBytes: workers.maxInFlightBytes };
    const ports = {
      clients: this.#clients,
      processor: this.#processor,
      hash: this.#hasher.text,
      clock: this.#clock,
      emit: this.#events.emit,
      stages: this.#stages.of,
      journal: this.#journal.source,
    };
    const noSinkLeft = (): void => {
      if (sinks.fault !== undefined) abort(sinks.fault);
    };
    noSinkLeft();
    const restored = (name: string) => this.#journal.source(name).restored?.keys;
    const watched = createKeyWatch({ rules: quality, restored });
    for await (const given of this.#engine.run(plan, ports, signal)) {
      const outcome = given.kind === 'delivered' ? watched(given) : given;
      // In one turn of the event loop: what the journal knows as delivered has its place among the batches.
      this.#report(outcome);
      if (outcome.kind === 'skipped' || outcome.kind === 'failed') sinks.keep();
      if (outcome.kind === 'landed' && outcome.samples !== undefined)
        recorder.samples.add(outcome.source, outcome.samples);
      if (outcome.kind !== 'delivered') continue;
      recorder.samples.take(outcome.batch);
      // Not awaited: each sink has its own queue, and the bytes of the page stay held until all have taken it, which
      // is what slows the fetchers down.
      const settle = (): void => {
        outcome.release();
        noSinkLeft();
      };
      const taken = sinks.write(outcome.batch);
      if (taken === undefined) settle();
      else void taken.finally(settle);
    }
  }

  #report(outcome: PageOutcome): void {
    const { emit } = this.#events;
    const journal = this.#journal;
    switch (outcome.kind) {
      case 'delivered':
        journal.delivered(outcome);
        emit(deliveredEvent(outcome));
        break;
      case 'landed': {
        const { kind: _, child: __, samples: ___, ...page } = outcome;
        emit({ type: 'page-delivered', ...page });
        break;
      }
      case 'skipped':
        journal.skipped(outcome);
        emit({ type: 'page-skipped', source: outcome.source, key: outcome.key, action: outcome.action });
        break;
      case 'failed':
        journal.failed(outcome);
        emit({ type: 'pages-failed', source: outcome.source, pages: outcome.pages, error: outcome.error });
        break;
      case 'notice':
        emit({ type: 'source-notice', source: outcome.source, error: outcome.error });
        break;
      case 'ended':
        emit({ type: 'source-ended', source: outcome.source, state: outcome.state });
        break;
    }
  }
}

/** The sources of which every sink has everything. */
function wholeSources({ monitoring }: RunReport): readonly string[] {
  if (Object.values(monitoring.sinks).some(({ state }) => state !== 'complete')) return [];
  return Object.entries(monitoring.sources).flatMap(([name, { state }]) => (state === 'complete' ? [name] : []));
}

/** How the run is kept in the list of runs: whether it was stopped before its end decides who may take it up. */
function endingOf({ summary, monitoring }: RunReport, stop: AbortSignal): RunEnding {
  const { code } = classify(stop.reason);
  if (stop.aborted && code === 'interrupted') return 'interrupted';
  if (stop.aborted && code === 'deadline_exceeded') return 'deadline';
  if (!summary.partial) return 'complete';
  return Object.values(monitoring.sources).every(({ state }) => state === 'failed') ? 'failed' : 'partial';
}
