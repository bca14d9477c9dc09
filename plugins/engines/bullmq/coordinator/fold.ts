import { addPageFigures, addTime, addTo, type CursorKind, later, type SluiceError } from '../../../../core/engine.ts';
import type { LedgerOutcome } from '../ledger/outcome.ts';
import { figuresOf, type RunState } from './run-state.ts';

/** Errors that are kept apart; those that come after are counted with what is most like them. */
const mostErrors = 500;

/** What a fold is told beside the outcomes. */
export interface FoldOptions {
  /** Makes a text of an upstream fit to be kept. */
  readonly clean: (text: string) => string;
  /** How the values of a source's cursor field are compared; undefined for one that declares none. */
  readonly cursorKind: (source: string) => CursorKind | undefined;
}

/** Adds one outcome, told at `at` (milliseconds since the epoch), to what a run has come to. */
export function foldOutcome(state: RunState, outcome: LedgerOutcome, at: number, options: FoldOptions): void {
  switch (outcome.kind) {
    case 'landed': {
      const figures = figuresOf(state, outcome.source);
      figures.pages += 1;
      if (outcome.unchanged === true) figures.unchanged += 1;
      addPageFigures(figures, outcome, { key: outcome.key, records: outcome.records, at, clean: options.clean });
      const kind = options.cursorKind(outcome.source);
      const cursor = kind && later(state.cursors.get(outcome.source), outcome.cursor, kind);
      if (cursor !== undefined) state.cursors.set(outcome.source, cursor);
      break;
    }
    case 'skipped': {
      const figures = figuresOf(state, outcome.source);
      if (outcome.action === 'ignore') figures.ignored += 1;
      else figures.pages += 1;
      break;
    }
    case 'failed':
      addError(state, outcome.source, outcome.pages, outcome.error);
      break;
    case 'notice':
      addError(state, outcome.source, 0, outcome.error);
      break;
    case 'ended':
      state.ended.set(outcome.source, outcome.state);
      break;
    case 'sinks':
      for (const [name, { records, filtered }] of Object.entries(outcome.sinks)) {
        const told = state.sinks.get(name) ?? { records: 0, filtered: 0 };
        state.sinks.set(name, { records: told.records + records, filtered: told.filtered + filtered });
      }
      break;
    case 'figures': {
      const figures = figuresOf(state, outcome.source);
      figures.requests += outcome.requests;
      figures.retries += outcome.retries;
      figures.bytes += outcome.bytes;
      figures.limiterWaitMs += outcome.limiterWaitMs;
      for (const [status, count] of outcome.statuses) addTo(figures.statuses, status, count);
      addTime(figures.time, outcome.time);
      break;
    }
  }
}

function addError({ errors }: RunState, source: string, pages: number, error: SluiceError): void {
  const isLike = (told: (typeof errors)[number]): boolean =>
    told.source === source && told.error.code === error.code && (pages === 0) === (told.pages === 0);
  const same = errors.find((told) => isLike(told) && told.error.message === error.message);
  const full = errors.length >= mostErrors;
  const like = same ?? (full ? errors.find(isLike) : undefined);
  if (like === undefined) errors.push({ source, pages, error });
  else like.pages += pages;
}
