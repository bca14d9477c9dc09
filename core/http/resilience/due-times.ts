import type { Clock } from '../../contracts/clock.ts';
import { createLinkedList, type ListEntry } from '../../linked-list.ts';

/** Something that is to end by a time, which may move while it goes on. */
export interface Due {
  /** By the clock's `now`. */
  readonly dueAt: number;
  /** Called once, when that time has come; it is watched no longer then. */
  expire(): void;
}

/** Watches any number of them with a single timer: one each would cost more than what they limit. */
export interface DueTimes {
  /** Returns what ends the watch, for `remove`. */
  add(due: Due): ListEntry<Due>;
  /** Takes note that `dueAt` has changed. Only needed where it may come sooner now. */
  moved(due: Due): void;
  remove(entry: ListEntry<Due>): void;
}

/**
 * Builds a watch. Its timer stands for the earliest time that was asked for; when that has moved away, or its owner
 * has gone, the timer finds it out as it rings, and is set for the earliest of those that are left. None stands while
 * nothing is watched.
 */
export function createDueTimes(clock: Clock): DueTimes {
  const watched = createLinkedList<Due>();
  let armedFor = Infinity;
  let disarm: (() => void) | undefined;

  function arm(dueAt: number): void {
    if (dueAt >= armedFor) return;
    disarm?.();
    armedFor = dueAt;
    // Whole milliseconds: Node keeps timers of one length in one list, and a length of its own would make a new one.
    disarm = clock.timer(Math.ceil(dueAt - clock.now()), ring);
  }

  function ring(): void {
    armedFor = Infinity;
    disarm = undefined;
    const now = clock.now();
    let earliest = Infinity;
    for (const entry of watched.entries()) {
      if (!entry.listed) continue;
      const { dueAt } = entry.value;
      if (dueAt > now) {
        earliest = Math.min(earliest, dueAt);
        continue;
      }
      watched.remove(entry);
      entry.value.expire();
    }
    arm(earliest);
  }

  return {
    add(due) {
      arm(due.dueAt);
      return watched.add(due);
    },
    moved: (due) => arm(due.dueAt),
    remove(entry) {
      watched.remove(entry);
      if (!watched.isEmpty) return;
      disarm?.();
      disarm = undefined;
      armedFor = Infinity;
    },
  };
}
