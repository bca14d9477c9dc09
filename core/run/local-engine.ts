import type { Engine, EnginePorts, PageOutcome, RunPlan, SourcePlan } from '../contracts/engine.ts';
import type { SourceState } from '../contracts/report.ts';
import { classify, SluiceError } from '../errors.ts';
import { onAbort } from '../on-abort.ts';
import { createByteBudget } from './byte-budget.ts';
import { createChannel } from './channel.ts';
import { runSource } from './source-run.ts';

/** Runs all sources in this process, at once and isolated from each other: on one event loop, over one byte budget. */
export const localEngine: Engine = { run };

function run(plan: RunPlan, ports: EnginePorts, signal: AbortSignal): AsyncIterable<PageOutcome> {
  const outcomes = createChannel<PageOutcome>(() => {
    leaveRun();
    // A consumer that stops pulling stops the fetching too.
    stop.abort(new SluiceError('aborted', 'the run was given up'));
  });
  const budget = createByteBudget(plan.maxInFlightBytes, ports.clock);
  const stop = new AbortController();
  const leaveRun = onAbort(signal, () => stop.abort(signal.reason));

  const push = (outcome: PageOutcome): void => outcomes.push(outcome);

  /** A client that can't even be made is a failure of its source, like any other. */
  async function fetchAll(source: SourcePlan): Promise<SourceState> {
    try {
      const client = ports.clients(source);
      return await runSource({ source, client, ports, budget, push, signal: stop.signal });
    } catch (thrown) {
      push({ kind: 'failed', source: source.name, pages: 1, error: classify(thrown) });
      return 'failed';
    }
  }

  async function runOne(source: SourcePlan): Promise<void> {
    const state = await fetchAll(source);
    outcomes.push({ kind: 'ended', source: source.name, state });
    if (state === 'failed' && plan.onSourceFailure === 'abort') {
      stop.abort(new SluiceError('aborted', `stopped, because the source ${source.name} failed`));
    }
  }

  // All sources start together: each has its own limiter and breaker, so none waits for, or falls with, another.
  void Promise.all(plan.sources.map(runOne)).then(
    () => outcomes.end(),
    (thrown: unknown) => outcomes.fail(thrown),
  );
  return outcomes;
}
