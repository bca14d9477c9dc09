import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Tells how long a request may have waited before this process came to handle it. */
export interface Looks {
  /**
   * Milliseconds of `performance.now()` after which the request in hand came for certain: the beginning of a look that
   * saw nothing of it. To be asked once a request.
   */
  cameAfter(socket: Socket): number;
  stop(): void;
}

/**
 * Watches the event loop that serves `server`. On a busy machine this process may sleep while requests come in, and
 * would take them for later than they were. A look is a turn of the event loop: its time is taken before it polls, and
 * holds once it has. One turn may accept one connection and leave the next to the turn after it, so the first request of
 * a connection came after the last look that found nobody to accept.
 */
export function watchLooks(server: Server): Looks {
  let seen = performance.now();
  let nobodyWaited = seen;
  let looking = false;
  let accepted = false;
  const timer = setInterval(() => {
    // A process that slept may run this twice before it polls.
    if (looking) return;
    looking = true;
    accepted = false;
    const begun = performance.now();
    setImmediate(() => {
      looking = false;
      seen = begun;
      if (!accepted) nobodyWaited = begun;
    });
  }, 1).unref();

  const connectedAfter = new WeakMap<Socket, number>();
  server.on('connection', (socket) => {
    accepted = true;
    connectedAfter.set(socket, nobodyWaited);
  });
  return {
    cameAfter(socket) {
      const after = connectedAfter.get(socket) ?? seen;
      connectedAfter.delete(socket);
      return after;
    },
    stop: () => clearInterval(timer),
  };
}
