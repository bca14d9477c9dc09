import { figuresSince, noFigures, type PageOutcome, type RunEvent } from '../../../../core/engine.ts';
import type { StreamId } from '../ledger/ledger.ts';
import type { RunState, ToldError } from './run-state.ts';

/** What a state has more than an earlier one of the same run, as a pipeline hears of it. */
export interface CaughtUp {
  readonly events: readonly RunEvent[];
  readonly outcomes: readonly PageOutcome[];
}

/**
 * Tells what workers have folded while no coordinator was seen to live, which is not in the stream any more: `after` is
 * what they kept, `before` what the pipeline has heard of. Pages come as figures of their sources.
 */
export function whatWorkersFolded(before: RunState, after: RunState): CaughtUp {
  const sources = new Map(
    [...after.sources].map(([name, figures]) => [name, figuresSince(figures, before.sources.get(name) ?? noFigures())]),
  );
  const events: RunEvent[] = [{ type: 'run-caught-up', sources }];
  for (const [sink, told] of after.sinks) {
    const known = before.sinks.get(sink);
    const records = told.records - (known?.records ?? 0);
    const filtered = told.filtered - (known?.filtered ?? 0);
    if (filtered > 0) events.push({ type: 'sink-filtered', sink, records: filtered });
    if (records > 0) events.push({ type: 'sink-committed', sink, records });
  }
  return { events, outcomes: [...errorsSince(before, after), ...endsSince(before, after)] };
}

function errorsSince(before: RunState, after: RunState): readonly PageOutcome[] {
  return after.errors.flatMap((told): readonly PageOutcome[] => {
    const known = before.errors.find((other) => isSame(told, other));
    const { source, error } = told;
    if (told.pages === 0) return known === undefined ? [{ kind: 'notice', source, error }] : [];
    const pages = told.pages - (known?.pages ?? 0);
    return pages > 0 ? [{ kind: 'failed', source, pages, error }] : [];
  });
}

function isSame(one: ToldError, other: ToldError): boolean {
  return (
    one.source === other.source &&
    one.error.code === other.error.code &&
    one.error.message === other.error.message &&
    (one.pages === 0) === (other.pages === 0)
  );
}

function endsSince(before: RunState, after: RunState): readonly PageOutcome[] {
  return [...after.ended]
    .filter(([name]) => !before.ended.has(name))
    .map(([source, state]): PageOutcome => ({ kind: 'ended', source, state }));
}

/** Makes `state` what `other` is; how long this life has taken, and its letters, stay its own. */
export function becomeState(state: RunState, other: RunState): void {
  replace(state.sources, other.sources);
  replace(state.sinks, other.sinks);
  replace(state.ended, other.ended);
  replace(state.cursors, other.cursors);
  state.errors.splice(0, Infinity, ...other.errors);
}

function replace<Key, Value>(into: Map<Key, Value>, from: ReadonlyMap<Key, Value>): void {
  into.clear();
  for (const [key, value] of from) into.set(key, value);
}

/** Whether the stream comes to `one` before `other`. */
export function isBefore(one: StreamId, other: StreamId): boolean {
  const [ms = 0, sequence = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms < otherMs || (ms === otherMs && sequence < otherSequence);
}
