/** crawlee's BasicCrawler in memory, without persistence, session pool or status messages, at a fixed concurrency. */
import { BasicCrawler, Configuration } from '@crawlee/basic';
import { MemoryStorage } from '@crawlee/memory-storage';
import { connections, origin, output, paths } from './arguments.mjs';
import { openLineFile } from './line-file.mjs';
import { toLine } from './to-line.mjs';

const out = openLineFile(output);
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
      await out.write(products.map(toLine).join(''));
    },
  },
  configuration,
);
await crawler.run(paths.map((path) => `${origin}${path}`));
await out.close();
process.exit();
