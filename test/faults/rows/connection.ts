/* oxlint-disable vitest/no-standalone-expect -- each of them is called within the test of its row */
import { expect } from 'vitest';
import { closedPort, faultServer, fullServer, type FaultServer } from '../../support/fault-server.ts';
import { items, json, misbehaving } from '../answers.ts';
import { nextUrl, pageOfTwo } from '../listings.ts';
import { upstreamRows } from '../upstream-row.ts';

/** An upstream that is somewhere else, or nowhere. */
async function at(origin: string): Promise<FaultServer> {
  return { ...(await faultServer(() => undefined)), origin };
}

export const connectionRows = upstreamRows('connection', [
  {
    fault: 'connection refused',
    expected: 'exit 3, failed, 0 records, 0 requests, network_error after 3',
    upstream: async () => at(`http://127.0.0.1:${await closedPort()}`),
  },
  {
    fault: 'name that DNS does not know',
    expected: 'exit 3, failed, 0 records, 0 requests, network_error after 3',
    // An empty label: every resolver says so without asking anybody.
    upstream: () => at('http://no..such.host'),
  },
  {
    fault: 'connecting hangs',
    expected: 'exit 3, failed, 0 records, 0 requests, timeout_after_retries after 3',
    settings: { timeouts: { connectMs: 200 } },
    upstream: fullServer,
  },
  {
    fault: 'closed before the headers',
    expected: 'exit 3, failed, 0 records, 3 requests, network_error after 3',
    upstream: misbehaving((socket) => socket.end()),
  },
  {
    fault: 'reset before the headers',
    expected: 'exit 3, failed, 0 records, 3 requests, network_error after 3',
    upstream: misbehaving((socket) => socket.resetAndDestroy()),
  },
  {
    fault: 'reset within the body',
    expected: 'exit 3, failed, 0 records, 3 requests, network_error after 3',
    upstream: misbehaving((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[{"id":1,', () => socket.resetAndDestroy());
    }),
  },
  {
    fault: 'reset once, then well',
    expected: 'exit 0, complete, 2 records, 2 requests',
    upstream: misbehaving((socket, _head, index) => {
      if (index === 0) socket.resetAndDestroy();
      else socket.write(json(items(1, 2)));
    }),
  },
  {
    fault: 'keep-alive socket closed while idle',
    expected: 'exit 0, complete, 6 records, 3 requests',
    source: nextUrl,
    // Closed with the answer, without a word of it in the headers: the next request needs a connection of its own.
    upstream: misbehaving((socket, head) => socket.end(pageOfTwo(head, 3))),
    check: ({ upstream, report }) => {
      expect(upstream.accepted).toBe(3);
      expect(report.monitoring.sources['faulty']).toMatchObject({ requests: 3, retries: 0 });
    },
  },
  {
    fault: 'keep-alive socket reset when it is used again',
    expected: 'exit 0, complete, 6 records, 5 requests',
    source: nextUrl,
    upstream: () => {
      const used = new WeakSet<object>();
      return faultServer((socket, head) => {
        if (used.has(socket)) socket.resetAndDestroy();
        else socket.write(pageOfTwo(head, 3));
        used.add(socket);
      });
    },
    check: ({ report }) => expect(report.monitoring.sources['faulty']).toMatchObject({ retries: 2 }),
  },
  {
    fault: 'no HTTP at all',
    expected: 'exit 3, failed, 0 records, 3 requests, network_error after 3',
    upstream: misbehaving((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
  },
]);
