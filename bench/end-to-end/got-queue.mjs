/** got with keep-alive, p-queue for concurrency, p-retry for retries: what many a project is made of. */
import { Agent } from 'node:http';
import { got } from 'got';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { connections, origin, output, paths } from './arguments.mjs';
import { openLineFile } from './line-file.mjs';
import { toLine } from './to-line.mjs';

const client = got.extend({
  prefixUrl: origin,
  agent: { http: new Agent({ keepAlive: true, maxSockets: connections }) },
  // p-retry does that here.
  retry: { limit: 0 },
});
const queue = new PQueue({ concurrency: connections });
const out = openLineFile(output);

async function page(path) {
  const { products } = await pRetry(() => client.get(path.slice(1)).json(), { retries: 3 });
  await out.write(products.map(toLine).join(''));
}

await queue.addAll(paths.map((path) => () => page(path)));
await out.close();
process.exit();
