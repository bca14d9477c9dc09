/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
/**
 * Several upstreams in one process of their own: `/<source>/items?page=N` gives ten items. Writes down when each request
 * arrives, as `arrivals-server.mjs` does and for its reasons, and answers 500 to sources that it was told to fail.
 */
import { createServer } from 'node:http';

const pages = Number(process.argv[2]);
const now = () => Number(process.hrtime.bigint()) / 1e6;
const arrivals = {};
const failing = new Set();
let seen = now();
let nobodyWaited = now();
let looking = false;
let accepted = false;
setInterval(() => {
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
const server = createServer(({ socket, url }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://host');
  const [, source] = pathname.split('/');
  arrivals[source] ??= [];
  arrivals[source].push({ earliest: connectedAfter.get(socket) ?? seen, latest: now() });
  connectedAfter.delete(socket);
  response.setHeader('content-type', 'application/json');
  if (failing.has(source)) return void response.writeHead(500).end('{}');
  const first = (Number(searchParams.get('page')) - 1) * 10;
  const items = Array.from({ length: 10 }, (_, index) => ({ id: first + index + 1, title: `Thing ${first + index}` }));
  setTimeout(() => response.end(JSON.stringify({ items, total: pages * 10 })), 10);
});
server.on('connection', (socket) => {
  accepted = true;
  connectedAfter.set(socket, nobodyWaited);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', ({ fail, heal }) => {
  if (fail !== undefined) failing.add(fail);
  if (heal !== undefined) failing.delete(heal);
  process.send({ arrivals });
});
process.on('disconnect', () => process.exit());
