/**
 * The mock upstream, a process of its own: `GET …?skip=N` gives 20 records from N on. It speaks just as much HTTP/1.1
 * as that takes, on bare sockets, because what it uses of the machine the contestants lack.
 *
 * `node server.mjs RECORDS [LATENCY_MS]` prints its port.
 */
import { createServer } from 'node:net';
import { createPages } from './pages.mjs';

const total = Number(process.argv[2]);
const latencyMs = Number(process.argv[3] ?? 0);
const pageFrom = createPages(
  total,
  (length) => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
);
const endOfHead = '\r\n\r\n';

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (piece) => {
    text += piece;
    for (let end = text.indexOf(endOfHead); end !== -1; end = text.indexOf(endOfHead)) {
      answer(socket, text.slice(0, end));
      text = text.slice(end + endOfHead.length);
    }
  });
  // A contestant that leaves is nothing to stop for.
  socket.on('error', () => socket.destroy());
});

function answer(socket, head) {
  const page = pageFrom(Number(/[?&]skip=(\d+)/.exec(head)?.[1] ?? 0));
  const last = /\r\nconnection: close/i.test(head);
  const send = () => (last ? socket.end(page) : socket.write(page));
  if (latencyMs === 0) send();
  else setTimeout(send, latencyMs);
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => console.log(server.address().port));
