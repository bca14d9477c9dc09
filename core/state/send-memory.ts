import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../contracts/clock.ts';
import type { GrantNote, SendMemory } from '../contracts/resilience.ts';
import type { SluiceError } from '../errors.ts';
import { recallSends, recordsOf } from './recall-sends.ts';
import { createSendFile, freePlace, type Moment, type SendFile, type SendRecord } from './send-file.ts';
import { sourceFile } from './source-file.ts';
import { stateError } from './state-error.ts';

/** Which file, for which limit, and who hears of a file that can't be used. */
export interface SendMemoryOptions {
  /** Made where there is none, and its folder. One limiter at a time may use it. */
  readonly file: string;
  /** The limit, as the limiter has it. */
  readonly requests: number;
  readonly perMs: number;
  readonly marginMs: number;
  readonly clock: Pick<Clock, 'date'>;
  /** Milliseconds since the machine started, the same in all its processes. Default: what Node knows of it. */
  readonly uptime?: () => number;
  /** Told of the first failure to read and of the first to write. The limiter works on, by what it knows itself. */
  readonly onFailure: (error: SluiceError) => void;
}

/** Up to this limit each send has a place of its own (32 bytes); above it, places stand for several, rounded up. */
const mostPlaces = 4096;
/** The place of the pause; those of the sends come after it. */
const pausePlace = 0;

/** Where the last sends of a source are kept: whatever its name is, a file of its own within the state folder. */
export function sendMemoryFile(stateDir: string, sourceName: string, baseUrl: string): string {
  const { origin } = new URL(baseUrl);
  return sourceFile({ folder: join(stateDir, 'sends'), name: sourceName, upstream: origin, extension: 'bin' });
}

/** Sends that share a place of the file: one, but for limits above `mostPlaces`. */
interface Group {
  /** Undefined once it is out of the window and its place may be another's. */
  place: number | undefined;
  granted: number;
  unsent: number;
  /** By the machine's uptime. */
  lastAt: number;
}

/**
 * Opens the memory of one limiter in a small file, which is written before a request may go on the wire and again when
 * it has: about 2 µs each. Between the two a send counts as made when the memory is next opened, for nobody can say
 * when the process was killed. What can't be read counts as a whole limit's worth of sends right now.
 *
 * Ages are told by the date and by the time since the machine started, and the younger counts: a clock that is set
 * forward lets nothing out of the window. After a restart of the machine there is only the date. Throws nothing.
 */
export function openSendMemory(options: SendMemoryOptions): SendMemory {
  const { file, requests, perMs, marginMs, clock, uptime = machineUptime, onFailure } = options;
  const windowMs = perMs + marginMs;
  const perGroup = Math.ceil(requests / mostPlaces);
  const now = (): Moment => ({ date: clock.date(), uptime: uptime() });
  let writeFailed = false;

  const openedAt = now();
  const recalled = recallSends({ file, requests, windowMs, now: openedAt, onFailure });
  const { sends, pauseMs } = recalled;
  const records = recordsOf(recalled, openedAt);
  const out = attempt((): SendFile => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // What was in question is decided now, as sent when the memory was opened: were it left in question, a process
    // that is killed again and again would wait for the same send each time.
    return createSendFile(file, records, 1 + Math.ceil(requests / perGroup));
  });

  /** Groups with their last send in the window, about in the order in which they leave it. */
  const inWindow: Group[] = sends.map(({ ageMs, count }, index) => ({
    place: 1 + index,
    granted: count,
    unsent: 0,
    lastAt: openedAt.uptime - ageMs,
  }));
  const freePlaces: number[] = [];
  let placesUsed = records.length;
  /** The group that the next grant joins. */
  let filling: Group | undefined;

  function attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!writeFailed) onFailure(stateError(error, `keeping the last sends in ${file}`));
      writeFailed = true;
      return undefined;
    }
  }

  let closed = false;
  function write(place: number, record: SendRecord): void {
    // Tried again after a failure: a full disk may have room later, and each record stands for itself.
    if (out !== undefined && !closed) attempt(() => out.write(place, record));
  }

  function takePlace(): number {
    const [oldest] = inWindow;
    if (oldest?.place !== undefined && oldest.lastAt + windowMs <= uptime()) {
      const { place } = oldest;
      oldest.place = undefined;
      inWindow.shift();
      return place;
    }
    return freePlaces.pop() ?? placesUsed++;
  }

  function joinGroup(): Group {
    if (filling === undefined) {
      const place = takePlace();
      filling = { place, granted: 0, unsent: 0, lastAt: -Infinity };
      write(place, { at: undefined, value: perGroup });
    }
    const group = filling;
    group.granted += 1;
    group.unsent += 1;
    if (group.granted === perGroup) filling = undefined;
    return group;
  }

  /** Writes what has become of a group, once all of it is decided. */
  function settle(group: Group): void {
    if (group === filling || group.unsent > 0 || group.place === undefined) return;
    if (group.granted === 0) {
      write(group.place, freePlace);
      freePlaces.push(group.place);
      group.place = undefined;
      return;
    }
    const at = now();
    if (group.lastAt === -Infinity) inWindow.push(group);
    group.lastAt = at.uptime;
    write(group.place, { at, value: group.granted });
  }

  function granted(): GrantNote {
    let group = joinGroup();
    let sent = false;
    return {
      sent() {
        // Out of the window already, and here again: as for the limiter, a send of its own.
        if (group.place === undefined) {
          group = joinGroup();
          sent = false;
        }
        if (!sent) group.unsent -= 1;
        sent = true;
        settle(group);
      },
      released() {
        if (sent) return;
        group.granted -= 1;
        group.unsent -= 1;
        settle(group);
      },
    };
  }

  return {
    sends,
    pauseMs,
    granted,
    paused: (ms) => write(pausePlace, { at: now(), value: ms }),
    close() {
      if (closed) return;
      closed = true;
      if (out !== undefined) attempt(() => out.close());
    },
  };
}

/** The monotonic clock of the system, which begins when the machine does. */
function machineUptime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
