import type { Clock } from '../contracts/clock.ts';
import type { EmitEvent } from '../contracts/events.ts';
import type { StageClock } from '../contracts/stages.ts';
import { type ClosableStageClock, createStageClock } from './stage-clock.ts';

/** The stage clocks of a run, one for each source. */
export interface StageClocks {
  /** The clock of a source, made when it is first asked for. */
  readonly of: (source: string) => StageClock;
  /** Has them all tell their time so far. */
  tell(): void;
  /** Ends them all: what is written has been written. */
  close(): void;
}

/** Builds clocks that tell their time as `time-spent` events. */
export function createStageClocks(clock: Pick<Clock, 'now'>, emit: EmitEvent): StageClocks {
  const clocks = new Map<string, ClosableStageClock>();
  return {
    of(source) {
      const known = clocks.get(source);
      if (known !== undefined) return known;
      const made = createStageClock({ clock, tell: (spent) => emit({ type: 'time-spent', source, spent }) });
      clocks.set(source, made);
      return made;
    },
    tell() {
      for (const each of clocks.values()) each.tell();
    },
    close() {
      for (const each of clocks.values()) each.close();
    },
  };
}
