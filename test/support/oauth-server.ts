import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a handler says to a request: a status, and what else is not the default. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback, for one test. A handler that returns undefined cuts the connection. */
export async function serve(answer: (seen: Seen) => Reply | undefined | Promise<Reply | undefined>) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(pieces).toString() };
      seen.push(one);
      void Promise.resolve(answer(one)).then((reply) => {
        if (reply === undefined) return request.socket.destroy();
        response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
        return response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? []));
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** A token endpoint that counts what it gives out, and knows which of its tokens are still good. */
export function tokenEndpoint({ expiresIn }: { readonly expiresIn?: number | string } = {}) {
  const issued: string[] = [];
  const good = new Set<string>();
  return {
    issued,
    good,
    issue(): Reply {
      const token = `access-token-${issued.length + 1}`;
      issued.push(token);
      good.add(token);
      return {
        body: { access_token: token, token_type: 'Bearer', ...(expiresIn !== undefined && { expires_in: expiresIn }) },
      };
    },
    accepts: ({ headers }: Seen): boolean => good.has(String(headers.authorization).replace('Bearer ', '')),
  };
}
