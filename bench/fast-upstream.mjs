/**
 * A fast upstream in its own process: `GET /products?limit=20&skip=N` as dummyjson answers it, 20 records of about
 * 1.5 KB a page. `node fast-upstream.mjs RECORDS` prints its port.
 */
import { createServer } from 'node:http';

const records = Number(process.argv[2] ?? 1_000_000);
const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(26);
const product = (id) =>
  `{"id":${id},"title":"Product ${id}","description":"${filler}","category":"category-${id % 24}","price":${(id % 5000) + 0.99},"rating":${(id % 50) / 10},"stock":${id % 100},"tags":["a","b"],"brand":"Brand ${id % 7}","sku":"SKU-${id}","weight":${id % 9},"meta":{"createdAt":"2025-04-30T09:41:02.053Z","barcode":"5784719087687"},"images":["https://cdn.test/${id}/1.webp"],"thumbnail":"https://cdn.test/${id}/thumbnail.webp"}`;

const server = createServer((request, response) => {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const limit = Number(query.get('limit'));
  const skip = Number(query.get('skip'));
  const items = [];
  for (let id = skip + 1; id <= Math.min(skip + limit, records); id += 1) items.push(product(id));
  const body = `{"products":[${items.join(',')}],"total":${records},"skip":${skip},"limit":${items.length}}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
