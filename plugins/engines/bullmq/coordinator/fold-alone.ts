import type { EngineContext } from '../../../../core/engine.ts';
import type { StreamEntry } from '../ledger/ledger.ts';
import { foldOutcome, type FoldOptions } from './fold.ts';
import { readRunState, writeRunState } from './run-state.ts';

/** What folding the outcomes of a run takes of its config. */
export function foldOptions({ config, clean }: Pick<EngineContext, 'config' | 'clean'>): FoldOptions {
  const kinds = new Map(
    config.sources.flatMap(({ name, plugin: { incremental } }) =>
      incremental === undefined ? [] : [[name, incremental.kind ?? 'iso'] as const],
    ),
  );
  return { clean, cursorKind: (source) => kinds.get(source) };
}

/**
 * Folds outcomes into a kept state where no coordinator does: the stream must not grow without a bound. Dead letters can't be
 * kept then, for their file is the coordinator's: they count as omitted.
 */
export function foldAlone(
  context: Pick<EngineContext, 'config' | 'clean' | 'clock'>,
  kept: Uint8Array | undefined,
  entries: readonly StreamEntry[],
): Buffer {
  const state = readRunState(kept);
  const options = foldOptions(context);
  for (const { outcome } of entries) {
    foldOutcome(state, outcome, context.clock.date(), options);
    const lost =
      outcome.kind === 'landed'
        ? outcome.rejects.length
        : outcome.kind === 'failed' && outcome.page?.bytes !== undefined
          ? 1
          : 0;
    state.letters = { ...state.letters, omitted: state.letters.omitted + lost };
  }
  return writeRunState(state);
}
