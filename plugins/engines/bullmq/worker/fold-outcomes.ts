import type { EngineContext } from '../../../../core/engine.ts';
import { foldAlone } from '../coordinator/fold-alone.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import type { RunRegistry } from '../ledger/runs.ts';

export interface FoldOutcomesOptions {
  readonly runId: string;
  readonly ledger: Pick<RunLedger, 'checkpoint' | 'outcomes' | 'keepCheckpoint'>;
  readonly registry: Pick<RunRegistry, 'coordinator'>;
  readonly context: Pick<EngineContext, 'config' | 'clean' | 'clock'>;
}

/** Entries that are folded at once. */
const entriesAtOnce = 1000;

/**
 * Folds what nobody has taken of the outcomes, so that Redis does not fill up while no coordinator lives; the next one goes
 * on from there. Ends when there is one.
 */
export async function foldOutcomes({ runId, ledger, registry, context }: FoldOutcomesOptions): Promise<void> {
  let kept = await ledger.checkpoint();
  for (;;) {
    const from = kept?.id ?? '0';
    const entries = await ledger.outcomes(from, entriesAtOnce);
    const to = entries.at(-1)?.id;
    if (to === undefined) return;
    const state = foldAlone(context, kept?.state, entries);
    // One that has come meanwhile reads what is kept, and goes on from that.
    if ((await registry.coordinator(runId)) !== undefined) return;
    if (!(await ledger.keepCheckpoint(from, to, state))) return;
    kept = { id: to, state };
  }
}
