import { classify, type Clock, type SluiceError } from '../../../../core/engine.ts';
import type { Coordinator, RunRegistry } from '../ledger/runs.ts';
import { locked } from './choose-run.ts';

/** Milliseconds for which a coordinator that says nothing keeps its run. */
export const leaseMs = 10_000;
/** Milliseconds between two times that it says so. */
const renewMs = 1000;
/** Milliseconds after which it is not taken for granted any more: a process may have been stopped for a while. */
const sureMs = leaseMs / 2;

export interface LeaseOptions {
  readonly registry: Pick<RunRegistry, 'coordinate' | 'resign'>;
  readonly runId: string;
  readonly own: Coordinator;
  readonly clock: Clock;
}

/** A run that is this process's, as long as it says so. */
export interface Lease {
  /** Resolves where the run is still this process's; throws `state_locked` where another has it by now. */
  assertMine(this: void): Promise<void>;
  /** Lets go of the run. */
  release(): Promise<void>;
}

/** Takes a run, and goes on having it until it is released. Throws `state_locked` where another has it. */
export async function takeLease({ registry, runId, own, clock }: LeaseOptions): Promise<Lease> {
  let fault: SluiceError | undefined;
  let sureUntil = 0;
  let released = false;
  let cancel: () => void = () => undefined;

  async function renew(): Promise<void> {
    const asked = clock.now();
    try {
      const holder = await registry.coordinate(runId, own, leaseMs);
      // From when it was asked: the answer may have been long under way.
      if (holder.id === own.id) sureUntil = asked + sureMs;
      else fault ??= locked(`the run ${runId} is another's`, holder);
    } catch (thrown) {
      fault ??= classify(thrown);
    }
  }

  async function goOn(): Promise<void> {
    await renew();
    if (!released && fault === undefined) cancel = clock.timer(renewMs, () => void (turn = goOn()));
  }

  let turn = goOn();
  await turn;
  if (fault !== undefined) throw fault;
  return {
    async assertMine() {
      if (fault === undefined && clock.now() >= sureUntil) await renew();
      if (fault !== undefined) throw fault;
    },
    async release() {
      released = true;
      cancel();
      // One that is under way would take it again.
      await turn;
      await registry.resign(runId, own);
    },
  };
}
