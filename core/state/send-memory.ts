import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../contracts/clock.ts';
import type { GrantNote, SendMemory } from '../contracts/resilience.ts';
import type { RateLimit } from '../contracts/source.ts';
import type { SluiceError } from '../errors.ts';
import { longestWindow } from '../rate-limits.ts';
import { recallSends, recordsOf } from './recall-sends.ts';
import { createSendFile, freePlace, type Moment, type SendFile, type SendRecord } from './send-file.ts';
import { sourceFile } from './source-file.ts';
import { stateError } from './state-error.ts';

/** Which file, for which limits, and who hears of a file that can't be used. */
export interface SendMemoryOptions {
  /** Made where there is none, and its folder. One limiter at a time may use it. */
  readonly file: string;
  /** The limits, as the limiter has them. */
  readonly limits: readonly RateLimit[];
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

/** Whose sends a file holds: those of one source at its upstream, or of a whole group. */
export interface SendMemoryOwner {
  readonly name: string;
  readonly baseUrl: string;
  readonly limitGroup?: string | undefined;
}

/** Where the last sends are kept: whatever the name of a source or group is, in a file of its own in the state folder. */
export function sendMemoryFile(stateDir: string, { name, baseUrl, limitGroup }: SendMemoryOwner): string {
  // A group may have several origins, and not all of its sources are in every run; no origin is called as it is.
  const upstream = limitGroup === undefined ? new URL(baseUrl).origin : 'group';
  return sourceFile({ folder: join(stateDir, 'sends'), name: limitGroup ?? name, upstream, extension: 'bin' });
}

/** Sends that share a place of the file: one, but for limits above `mostPlaces`. All are counted by what they cost. */
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
  const { file, limits, marginMs, clock, uptime = machineUptime, onFailure } = options;
  // A send that has left the longest window has left all. What it may hold is the most that any may at that age.
  const windowMs = longestWindow(limits) + marginMs;
  const requests = Math.max(...limits.map((limit) => limit.requests));
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

  function joinGroup(cost: number): Group {
    const full = filling !== undefined && filling.granted + cost > perGroup ? filling : undefined;
    const group = full === undefined && filling !== undefined ? filling : openGroup(cost);
    group.granted += cost;
    group.unsent += cost;
    filling = group.granted >= perGroup ? undefined : group;
    // What did not take this one will take no other.
    if (full !== undefined) settle(full);
    return group;
  }

  function openGroup(cost: number): Group {
    const place = takePlace();
    write(place, { at: undefined, value: Math.max(perGroup, cost) });
    return { place, granted: 0, unsent: 0, lastAt: -Infinity };
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

  function granted(cost = 1): GrantNote {
    let group = joinGroup(cost);
    let sent = false;
    return {
      sent() {
        // Out of the window already, and here again: as for the limiter, a send of its own.
        if (group.place === undefined) {
          group = joinGroup(cost);
          sent = false;
        }
        if (!sent) group.unsent -= cost;
        sent = true;
        settle(group);
      },
      released() {
        if (sent) return;
        group.granted -= cost;
        group.unsent -= cost;
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
