/* oxlint-disable -- plain JavaScript, run as it stands in a process of its own: there are no types to check */
/**
 * An upstream in a process of its own that writes down when each request arrives. Told over IPC: sends its port, and
 * its log when asked for it. Every seventh request is answered with a 500, so that retries are in the log too.
 */
import { serveNotingArrivals } from './note-arrivals.mjs';

const arrivals = [];
serveNotingArrivals((request, response, arrival) => {
  arrivals.push(arrival);
  response.statusCode = arrivals.length % 7 === 0 ? 500 : 200;
  response.end('[]');
});
process.on('message', () => process.send({ arrivals }));
