import type { RememberedSends } from '../contracts/resilience.ts';
import type { SluiceError } from '../errors.ts';
import { longestPauseMs } from '../http/rate-limit-headers.ts';
import { freePlace, type Moment, readSendFile, type SendRecord } from './send-file.ts';
import { stateError } from './state-error.ts';

/** Which file, for which limit, and when. */
export interface RecallOptions {
  readonly file: string;
  readonly requests: number;
  readonly windowMs: number;
  readonly now: Moment;
  readonly onFailure: (error: SluiceError) => void;
}

/** What still matters of an earlier process. */
export interface Recalled {
  /** Those in the window, oldest first. */
  readonly sends: readonly RememberedSends[];
  readonly pauseMs: number;
}

/** Reads what an earlier process noted. Where that can't be known, the limit counts as used up right now. */
export function recallSends({ file, requests, windowMs, now, onFailure }: RecallOptions): Recalled {
  let records: readonly SendRecord[] | undefined;
  try {
    records = readSendFile(file);
  } catch (error) {
    onFailure(
      stateError(error, `reading the last sends from ${file}, so that the first request waits a whole window,`),
    );
    return { sends: [{ ageMs: 0, count: requests }], pauseMs: 0 };
  }
  const [pause = freePlace, ...places] = records ?? [];
  const sends = places
    .filter(({ at, value }) => at === undefined || value !== 0)
    .map(({ at, value }) => ({ ageMs: ageOf(at, now), count: plausibleCount(value, requests) }))
    .filter(({ ageMs }) => ageMs < windowMs)
    .toSorted((a, b) => b.ageMs - a.ageMs);
  return { sends, pauseMs: pauseLeft(pause, now) };
}

/** What was recalled as it stands in a file: by today's clocks, which may not be those by which it was noted. */
export function recordsOf({ sends, pauseMs }: Recalled, { date, uptime }: Moment): readonly SendRecord[] {
  const pause: SendRecord = pauseMs > 0 ? { at: { date, uptime }, value: pauseMs } : freePlace;
  return [
    pause,
    ...sends.map(({ ageMs, count }) => ({ at: { date: date - ageMs, uptime: uptime - ageMs }, value: count })),
  ];
}

/** The younger of what two clocks say; 0 where that is not known, or to come. */
function ageOf(at: Moment | undefined, now: Moment): number {
  if (at === undefined) return 0;
  // Dates come in whole milliseconds: up to one less may have gone by.
  const byDate = now.date - at.date - 1;
  const byUptime = now.uptime - at.uptime;
  // An uptime to come is that of before the machine was started anew.
  return Math.max(0, byUptime < 0 ? byDate : Math.min(byDate, byUptime));
}

function plausibleCount(value: number, requests: number): number {
  return Number.isInteger(value) && value >= 1 && value <= requests ? value : requests;
}

/** A pause that can't be read is none: it keeps no limit, and the upstream tells of it again. */
function pauseLeft({ at, value }: SendRecord, now: Moment): number {
  return at === undefined ? 0 : Math.max(0, Math.min(value, longestPauseMs) - ageOf(at, now));
}
