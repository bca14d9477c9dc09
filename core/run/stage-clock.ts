import type { Clock } from '../contracts/clock.ts';
import type { Stage, StageClock, TimeSpent, TimeUse } from '../contracts/stages.ts';

/** Time between two tellings, in milliseconds: as often as the journal commits, so that a kill takes little of it. */
const tellMs = 200;

export interface StageClockOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Told now and then what the time since the last telling was spent on. */
  readonly tell: (spent: TimeSpent) => void;
}

/** A stage clock that can be read and ended from outside. */
export interface ClosableStageClock extends StageClock {
  /** Tells what has not been told. */
  tell(): void;
  /** Tells what has not been told. Nothing is counted afterwards. */
  close(): void;
}

/**
 * Builds the clock of one source. Each moment between `begin` and the end of its last page is divided equally among the
 * pages that are under way, and each part is booked on what its page waits for. So the parts add up to the wall time,
 * however many requests overlap. Pages that only stand in line for others (for a slot, or for the room that pages of
 * the same source take, or behind what an enricher asks for) have no part: they wait for whatever those wait for.
 */
export function createStageClock({ clock, tell }: StageClockOptions): ClosableStageClock {
  const pages: Record<Stage, number> = {
    room: 0,
    breaker: 0,
    backoff: 0,
    slot: 0,
    limiter: 0,
    wire: 0,
    workers: 0,
    asking: 0,
    sinks: 0,
  };
  let spent: TimeSpent = {};
  let state: 'before' | 'running' | 'ending' | 'over' = 'before';
  let bookedUntil = 0;
  let toldAt = 0;
  let pausedUntil = -Infinity;

  function add(use: TimeUse, ms: number): void {
    if (ms > 0) spent[use] = (spent[use] ?? 0) + ms;
  }

  /** Books the time since the last change: until now the stages were as they are. */
  function book(): void {
    if (state === 'before' || state === 'over') return;
    const now = clock.now();
    const ms = now - bookedUntil;
    if (ms <= 0) return;
    const { room, breaker, backoff, slot, limiter, wire, asking, sinks } = pages;
    // What an enricher asks for is in one of the other stages itself, and the pages behind it wait for its answer.
    const workers = asking > 0 ? 0 : pages.workers;
    // What holds the room may be pages of other sources; of its own, those count themselves.
    const crowded = pages.workers + sinks > 0 ? 0 : room;
    const sharing = breaker + backoff + limiter + wire + workers + sinks + crowded;
    if (sharing === 0) add('other', ms);
    else {
      const part = ms / sharing;
      const pausedMs = Math.max(0, Math.min(now, pausedUntil) - bookedUntil);
      add('pause', (limiter * pausedMs) / sharing);
      add('rate_limit', (limiter * (ms - pausedMs)) / sharing);
      // Where a page stands in line for a slot and nobody waits for the limiter, every slot is on the wire: more of
      // them would let more pages go.
      add(slot > 0 && limiter === 0 ? 'concurrency' : 'upstream', wire * part);
      add('breaker', breaker * part);
      add('backoff', backoff * part);
      add('workers', workers * part);
      add('sinks', sinks * part);
      add('memory', crowded * part);
    }
    bookedUntil = now;
    if (now - toldAt >= tellMs) report();
  }

  function report(): void {
    toldAt = bookedUntil;
    const told = Object.entries(spent).map(([use, ms]) => [use, Math.round(ms * 1000) / 1000] as const);
    spent = {};
    if (told.length > 0) tell(Object.fromEntries(told));
  }

  /** A source that has ended has its time until its last page is written. */
  function finish(): void {
    if (state !== 'ending' || Object.values(pages).some((count) => count > 0)) return;
    close();
  }

  function close(): void {
    if (state === 'over') return;
    book();
    if (state !== 'before') report();
    state = 'over';
  }

  return {
    begin() {
      if (state !== 'before') return;
      state = 'running';
      bookedUntil = toldAt = clock.now();
    },
    enter(stage) {
      book();
      pages[stage] += 1;
    },
    leave(stage) {
      book();
      pages[stage] -= 1;
      if (state === 'ending') finish();
    },
    move(from, to) {
      book();
      pages[from] -= 1;
      pages[to] += 1;
    },
    paused(ms) {
      book();
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    end() {
      if (state !== 'running') return;
      book();
      state = 'ending';
      finish();
    },
    tell() {
      book();
      if (state === 'running' || state === 'ending') report();
    },
    close,
  };
}
