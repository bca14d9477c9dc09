import type { EventListener, TimedEvent } from '../contracts/events.ts';
import type { SourceTimeline, Timeline, TimelineRequest } from '../contracts/run-record.ts';

/** Requests that are listed: of one source, and of all together unless that leaves too few of each. */
const most = { ofSource: 200, ofAll: 4_000, least: 20, moments: 100, path: 200 } as const;

/** Notes the requests of a run in bounded memory, whatever their number. */
export interface TimelineListener {
  readonly on: EventListener;
  build(): Timeline;
}

type Attempt = Extract<TimedEvent, { type: 'attempt' }>;

/** Listens from `run-started` on; `clean` makes a text from outside fit to be kept, without secrets. */
export function createTimeline(clean: (text: string) => string): TimelineListener {
  const sources = new Map<string, SourceNotes>();
  let beganAt = 0;
  let lastAt = 0;
  let room: number = most.ofSource;

  function notesOf(name: string): SourceNotes {
    const notes = sources.get(name) ?? createSourceNotes(room, clean);
    sources.set(name, notes);
    return notes;
  }

  return {
    on(event) {
      lastAt = event.at;
      switch (event.type) {
        case 'run-started':
          beganAt = event.at;
          room = Math.max(most.least, Math.min(most.ofSource, Math.floor(most.ofAll / event.sources.length)));
          event.sources.forEach(notesOf);
          break;
        case 'limiter-wait':
          notesOf(event.source).waits.set(event.key, event.ms);
          break;
        case 'attempt':
          notesOf(event.source).attempt(event, beganAt);
          break;
        case 'breaker':
          addMoment(notesOf(event.source).breaker, { at_ms: event.at - beganAt, to: event.to });
          break;
        case 'limiter-paused':
          addMoment(notesOf(event.source).pauses, { at_ms: event.at - beganAt, ms: Math.round(event.ms) });
          break;
        default:
      }
    },
    build: () => ({
      begins_at: new Date(beganAt).toISOString(),
      total_ms: lastAt - beganAt,
      sources: Object.fromEntries([...sources].map(([name, notes]) => [name, notes.build()])),
    }),
  };
}

interface SourceNotes extends Pick<SourceTimeline, 'breaker' | 'pauses'> {
  /** Of the requests that are on their way: key → milliseconds. */
  readonly waits: Map<string, number>;
  readonly breaker: SourceTimeline['breaker'][number][];
  readonly pauses: SourceTimeline['pauses'][number][];
  attempt(event: Attempt, beganAt: number): void;
  build(): SourceTimeline;
}

function createSourceNotes(room: number, clean: (text: string) => string): SourceNotes {
  let requests: TimelineRequest[] = [];
  let every = 1;
  let total = 0;
  const waits = new Map<string, number>();
  const breaker: SourceNotes['breaker'] = [];
  const pauses: SourceNotes['pauses'] = [];
  return {
    waits,
    breaker,
    pauses,
    attempt(event, beganAt) {
      const waited = waits.get(event.key) ?? 0;
      waits.delete(event.key);
      if (total++ % every !== 0) return;
      requests.push(noted(event, beganAt, waited, clean));
      if (requests.length <= room) return;
      // Every other one goes, evenly: what is left shows the whole run, never only its beginning.
      requests = requests.filter((_, index) => index % 2 === 0);
      every *= 2;
    },
    build: () => ({ total, every, requests: [...requests], breaker: [...breaker], pauses: [...pauses] }),
  };
}

function noted(event: Attempt, beganAt: number, waited: number, clean: (text: string) => string): TimelineRequest {
  const { at, ms, attempt, status, error, url } = event;
  return {
    start_ms: Math.max(0, Math.round(at - ms - beganAt)),
    limiter_wait_ms: Math.round(waited),
    duration_ms: Math.round(ms),
    attempt,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    // Cleaned first: a cut could leave a part of a secret that is no longer found.
    path: clean(url.replace(/^https?:\/\/[^/]*/, '')).slice(0, most.path),
  };
}

function addMoment<Moment>(moments: Moment[], moment: Moment): void {
  if (moments.length < most.moments) moments.push(moment);
}
