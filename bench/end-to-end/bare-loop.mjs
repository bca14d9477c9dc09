/** A loop by hand on undici, fast and without any safety: no limits, retries, checks, duplicates, metrics or resume. */
import { createWriteStream } from 'node:fs';
import { Pool } from 'undici';
import { connections, origin, output, paths } from './arguments.mjs';
import { toLine } from './to-line.mjs';

const pool = new Pool(origin, { connections, pipelining: 1 });
const out = createWriteStream(output, { highWaterMark: 1024 * 1024 });
let next = 0;

async function lane() {
  while (next < paths.length) {
    const path = paths[next];
    next += 1;
    // oxlint-disable-next-line typescript/await-thenable -- without types it is taken for the form with a callback
    const { body } = await pool.request({ method: 'GET', path });
    const { products } = JSON.parse(await body.text());
    const taken = out.write(products.map(toLine).join(''));
    if (!taken) await new Promise((resolve) => out.once('drain', resolve));
  }
}

await Promise.all(Array.from({ length: connections }, lane));
await new Promise((resolve) => out.end(resolve));
await pool.close();
