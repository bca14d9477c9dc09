/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
/**
 * Several upstreams in one process of their own: `/<source>/items?page=N` gives ten items. Writes down when each request
 * arrives, and answers 500 to sources that it was told to fail.
 */
import { serveNotingArrivals } from './note-arrivals.mjs';

const pages = Number(process.argv[2]);
const arrivals = {};
const failing = new Set();
serveNotingArrivals(({ url }, response, arrival) => {
  const { pathname, searchParams } = new URL(url, 'http://host');
  const [, source] = pathname.split('/');
  arrivals[source] ??= [];
  arrivals[source].push(arrival);
  if (failing.has(source)) return void response.writeHead(500).end('{}');
  const first = (Number(searchParams.get('page')) - 1) * 10;
  const items = Array.from({ length: 10 }, (_, index) => ({ id: first + index + 1, title: `Thing ${first + index}` }));
  setTimeout(() => response.end(JSON.stringify({ items, total: pages * 10 })), 10);
});
process.on('message', ({ fail, heal }) => {
  if (fail !== undefined) failing.add(fail);
  if (heal !== undefined) failing.delete(heal);
  process.send({ arrivals });
});
