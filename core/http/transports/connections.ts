import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { buildConnector as buildConnectorType, Client as ClientType } from 'undici';

/**
 * Two files of undici. Its index loads fetch, WebSocket, caches and mocks besides: 50 ms of processor time at each start,
 * and 10 MB. A test sees to it that they are what the index exports.
 */
const require = createRequire(import.meta.url);
const Client = require('undici/lib/dispatcher/client.js') as typeof ClientType;
const buildConnector = require('undici/lib/core/connect.js') as (options: buildConnectorType.BuildOptions) => Connector;

/** As undici's types have it, but for the socket: it is there from the first moment on, not only when it is connected. */
type Connector = (...given: Parameters<buildConnectorType.connector>) => Socket;

/** One connection: it opens its socket when it is used, and closes it when it has been idle for some seconds. */
export type Connection = ClientType;

/** What carries the requests to one origin, one at a time on each connection. */
export interface Connections {
  /**
   * Calls `use` with a connection that is free: at once, unless all are busy. It is that caller's until `free` is called
   * for it, whatever becomes of the request.
   */
  take(use: (connection: Connection) => void): void;
  free(connection: Connection): void;
  /** Ends all of them, with what is under way on them. */
  destroy(reason: Error): Promise<void>;
}

/**
 * At most `most` connections to `origin`. Undici's own `Pool` holds a queue of 16 KB for each origin besides, for requests
 * that would have to wait, and here none has to.
 */
export function createConnections(
  origin: string,
  most: number,
  { connect, ...options }: ClientType.Options & { readonly connect: buildConnectorType.BuildOptions },
): Connections {
  // One for all of them, so that TLS sessions are taken up again.
  const build = buildConnector(connect);
  /** Still connecting: `destroy` would leave them to their timeout. A signal would keep each socket until it is aborted. */
  const connecting = new Set<Socket>();
  const connector: buildConnectorType.connector = (target, connected) => {
    const socket = build(target, (...result) => {
      connecting.delete(socket);
      connected(...result);
    });
    connecting.add(socket);
  };
  const all: Connection[] = [];
  // The one that was used last is used first: those that are not needed become idle, and close.
  const idle: Connection[] = [];
  /** Nobody waits as long as no request was given up before its connection was there. */
  const waiting: ((connection: Connection) => void)[] = [];

  return {
    take(use) {
      let connection = idle.pop();
      if (connection === undefined && all.length < most) {
        connection = new Client(origin, { ...options, connect: connector });
        all.push(connection);
      }
      if (connection === undefined) waiting.push(use);
      else use(connection);
    },
    free(connection) {
      const next = waiting.shift();
      if (next === undefined) idle.push(connection);
      else next(connection);
    },
    async destroy(reason) {
      for (const socket of connecting) socket.destroy(reason);
      await Promise.all(all.map((connection) => connection.destroy()));
    },
  };
}
