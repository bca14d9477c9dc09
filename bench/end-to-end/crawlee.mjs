/** crawlee's BasicCrawler in memory, without persistence, session pool or status messages, at a fixed concurrency. */
import { createWriteStream } from 'node:fs';
import { BasicCrawler, Configuration } from '@crawlee/basic';
import { MemoryStorage } from '@crawlee/memory-storage';
import { connections, origin, output, paths } from './arguments.mjs';
import { toLine } from './to-line.mjs';

const out = createWriteStream(output, { highWaterMark: 1024 * 1024 });
const configuration = new Configuration({
  persistStorage: false,
  storageClient: new MemoryStorage({ persistStorage: false, writeMetadata: false }),
  logLevel: 'ERROR',
});
const crawler = new BasicCrawler(
  {
    minConcurrency: connections,
    maxConcurrency: connections,
    useSessionPool: false,
    maxRequestRetries: 3,
    async requestHandler({ sendRequest }) {
      const { body } = await sendRequest({ responseType: 'json' });
      const { products } = body;
      const taken = out.write(products.map(toLine).join(''));
      if (!taken) await new Promise((resolve) => out.once('drain', resolve));
    },
  },
  configuration,
);
await crawler.run(paths.map((path) => `${origin}${path}`));
await new Promise((resolve) => out.end(resolve));
process.exit();
