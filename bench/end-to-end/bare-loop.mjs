/** A loop by hand on undici, fast and without any safety: no limits, retries, checks, duplicates, metrics or resume. */
import { Pool } from 'undici';
import { connections, origin, output, paths } from './arguments.mjs';
import { openLineFile } from './line-file.mjs';
import { toLine } from './to-line.mjs';

const pool = new Pool(origin, { connections, pipelining: 1 });
const out = openLineFile(output);
let next = 0;

async function lane() {
  while (next < paths.length) {
    const path = paths[next];
    next += 1;
    // oxlint-disable-next-line typescript/await-thenable -- without types it is taken for the form with a callback
    const { body } = await pool.request({ method: 'GET', path });
    const { products } = JSON.parse(await body.text());
    await out.write(products.map(toLine).join(''));
  }
}

await Promise.all(Array.from({ length: connections }, lane));
await out.close();
await pool.close();
