/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
import { createServer } from 'node:http';

const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * A server, listening on a free port that it tells over IPC, whose `answer` is called with each request, its response and
 * when it arrived. It ends with its parent.
 *
 * On a busy machine this process may sleep while requests come in, and would take them for later than they were. So
 * each arrival is an interval: it came before `latest`, when it was handled, and after `earliest`, the beginning of a
 * look that saw nothing of it. A look is a turn of the event loop: its time is taken before it polls, and holds once
 * it has. One turn may accept one connection and leave the next to the turn after it, so the first request of a
 * connection came after the last look that found nobody to accept.
 */
export function serveNotingArrivals(answer) {
  let seen = now();
  let nobodyWaited = now();
  let looking = false;
  let accepted = false;
  setInterval(() => {
    // A process that slept may run this twice before it polls.
    if (looking) return;
    looking = true;
    accepted = false;
    const begun = now();
    setImmediate(() => {
      looking = false;
      seen = begun;
      if (!accepted) nobodyWaited = begun;
    });
  }, 1);

  const connectedAfter = new WeakMap();
  const server = createServer((request, response) => {
    const { socket } = request;
    const arrival = { earliest: connectedAfter.get(socket) ?? seen, latest: now() };
    connectedAfter.delete(socket);
    response.setHeader('content-type', 'application/json');
    answer(request, response, arrival);
  });
  server.on('connection', (socket) => {
    accepted = true;
    connectedAfter.set(socket, nobodyWaited);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit());
}
