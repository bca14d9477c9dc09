import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A server on loopback that a test tells byte for byte how to misbehave. */
export interface FaultServer {
  readonly origin: string;
  readonly port: number;
  /** Heads of the requests that arrived, in order. */
  readonly heads: readonly string[];
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections that are open now, whether anything was asked on them or not. */
  readonly open: number;
  /** Connections that are open now and have carried a request. */
  readonly asked: number;
  close(): Promise<void>;
}

/** Says what to do with the `index`th request (from 0) on whatever connection. */
export type Respond = (socket: Socket, head: string, index: number) => void;

/** Starts a server that reads request heads off raw sockets, and leaves every answer to `respond`. */
export async function faultServer(respond: Respond): Promise<FaultServer> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    let pending = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      pending += data.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end);
        pending = pending.slice(end + 4);
        heads.push(head);
        respond(socket, head, heads.length - 1);
      }
    });
  });
  return listen(server, heads);
}

/** Starts a well-behaved HTTP server. */
export async function httpServer(listener: RequestListener): Promise<FaultServer> {
  const heads: string[] = [];
  const server = createHttpServer((request, response) => {
    heads.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  return listen(server, heads);
}

/** A port on which nobody listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = await faultServer(() => undefined);
  await server.close();
  return server.port;
}

/** A response whose declared length is that of its body. */
export function responseText(body: string, headers: readonly string[] = [], status = '200 OK'): string {
  const lines = [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Waits, for at most two seconds, until something that happens on sockets has happened. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 2000; !condition();) {
    if (performance.now() > end) throw new Error(`it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A port whose line of waiting connections is full, held by a thread that never takes one out: connecting hangs. */
export async function fullServer(): Promise<FaultServer> {
  const listening = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const thread = new Worker(listening, { eval: true });
  const [port] = (await once(thread, 'message')) as [number];
  // Linux keeps one connection more than the backlog says, and drops what else would come in.
  const waiting = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await until(() => waiting.filter(({ pending }) => !pending).length === 2, 'the line is full');
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    heads: [],
    accepted: 0,
    open: 0,
    asked: 0,
    async close() {
      for (const socket of waiting) socket.destroy();
      await thread.terminate();
    },
  };
}

async function listen(server: Server, heads: readonly string[]): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  const asked = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.once('data', () => asked.add(socket));
    socket.on('close', () => {
      sockets.delete(socket);
      asked.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    heads,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    get asked() {
      return asked.size;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
