import type { TimedEvent, TimeSpent } from '../../../../core/engine.ts';
import type { WorkerFigures } from '../ledger/outcome.ts';

type Counts = Omit<WorkerFigures, 'kind' | 'worker' | 'source' | 'statuses' | 'time' | 'latencies'>;
interface Open extends Record<keyof Counts, number> {
  readonly statuses: Map<number, number>;
  readonly time: TimeSpent;
  readonly latencies: Map<number, number>;
}

/** Adds up what requests tell of themselves, so that it goes to Redis once a second and not one by one. */
export interface WorkerFiguresTally {
  on(event: TimedEvent): void;
  /** What has been told since the last time. */
  take(): readonly WorkerFigures[];
}

export function createWorkerFigures(worker: string): WorkerFiguresTally {
  let bySource = new Map<string, Open>();

  function of(source: string): Open {
    let open = bySource.get(source);
    if (open === undefined) {
      open = {
        requests: 0,
        retries: 0,
        bytes: 0,
        limiterWaitMs: 0,
        statuses: new Map(),
        time: {},
        latencies: new Map(),
      };
      bySource.set(source, open);
    }
    return open;
  }

  return {
    on(event) {
      switch (event.type) {
        case 'attempt': {
          const figures = of(event.source);
          figures.requests += 1;
          figures.bytes += event.bytes;
          const { status } = event;
          if (status === undefined) break;
          addOne(figures.statuses, status);
          // A request without an answer has no latency: it would only show the timeout that was set.
          addOne(figures.latencies, Number(event.ms.toPrecision(2)));
          break;
        }
        case 'retry':
          of(event.source).retries += 1;
          break;
        case 'limiter-wait':
          of(event.source).limiterWaitMs += event.ms;
          break;
        case 'time-spent': {
          const { time } = of(event.source);
          for (const [use, ms] of Object.entries(event.spent)) {
            const name = use as keyof TimeSpent;
            time[name] = (time[name] ?? 0) + ms;
          }
          break;
        }
        default:
      }
    },
    take() {
      const taken = [...bySource].map(([source, figures]) => ({
        kind: 'figures' as const,
        worker,
        source,
        ...figures,
      }));
      bySource = new Map();
      return taken;
    },
  };
}

function addOne(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
