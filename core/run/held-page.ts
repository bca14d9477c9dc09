import type { Stage, StageClock } from '../contracts/stages.ts';

/** A fetched page that takes room until it is written, or given up. */
export interface HeldPage {
  /** Its records are about to be handed to the sinks. */
  readonly toSinks: () => void;
  /** It takes no room any more; a second call does nothing. */
  readonly release: () => void;
}

/** Counts a fetched page in the stages behind the upstream; `free` gives back the room that it takes. */
export function holdPage(free: () => void, stages: StageClock): HeldPage {
  let stage: Stage | undefined = 'workers';
  stages.enter(stage);
  return {
    toSinks() {
      if (stage !== 'workers') return;
      stages.move('workers', (stage = 'sinks'));
    },
    release() {
      if (stage === undefined) return;
      stages.leave(stage);
      stage = undefined;
      free();
    },
  };
}
