import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** When a request arrived, in milliseconds: somewhere between the two, as far as the server can tell. */
export interface Arrival {
  readonly earliest: number;
  readonly latest: number;
}

/** An upstream in another process that logs arrivals. */
export interface ArrivalsServer {
  readonly origin: string;
  arrivals(): Promise<readonly Arrival[]>;
  close(): Promise<void>;
}

/** Starts `arrivals-server.mjs`. */
export async function arrivalsServer(): Promise<ArrivalsServer> {
  const child: ChildProcess = fork(new URL('arrivals-server.mjs', import.meta.url), { execArgv: [] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    origin: `http://127.0.0.1:${port}`,
    async arrivals() {
      child.send('log');
      const [message] = (await once(child, 'message')) as [{ arrivals: Arrival[] }];
      return message.arrivals;
    },
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/**
 * The shortest time within which more than `requests` arrivals lie beyond doubt, wherever it begins: from the earliest
 * that the first can have come to the latest that the last can have. Infinity where there are not as many.
 */
export function closestWindow(arrivals: readonly Arrival[], requests: number): number {
  const byLatest = arrivals.toSorted((a, b) => a.latest - b.latest);
  const windows = arrivals.map(({ earliest }) => {
    const last = byLatest.filter((arrival) => arrival.earliest >= earliest)[requests];
    return last === undefined ? Infinity : last.latest - earliest;
  });
  return Math.min(...windows);
}
