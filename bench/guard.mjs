/**
 * Ratios that tell whether something has become much slower, cheap enough for every run of the tests: `node
 * bench/guard.mjs` prints them as JSON. Both sides of a ratio are the best of several tries that take turns, so that a
 * busy machine does not matter.
 */
import { createSourceChain, resolveSource } from './middleware/source-chain.mjs';
import { timeCalls } from './middleware/time-calls.mjs';
import { createByteProcessor } from './processing/bytes.mjs';
import { createObjectProcessor } from './processing/objects.mjs';
import { processPages } from './processing/process-pages.mjs';
import { toLine } from './end-to-end/to-line.mjs';
import { createPages, perPage } from './upstream/pages.mjs';

const tries = 12;
const pageFrom = createPages(1_000);
const pages = Array.from({ length: 50 }, (_, index) => new Uint8Array(pageFrom(index * perPage)));
const decoder = new TextDecoder();

/** The least time of one to that of another. */
async function ratio(one, other) {
  let [first, second] = [Infinity, Infinity];
  for (let index = 0; index < tries; index += 1) {
    first = Math.min(first, await one());
    second = Math.min(second, await other());
  }
  return first / second;
}

/** A loop without any safety. */
function byHand(count) {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) {
    const { products } = JSON.parse(decoder.decode(pages[index % pages.length]));
    Buffer.from(products.map(toLine).join(''));
  }
  return (performance.now() - started) / 1000;
}

async function seconds(processor, count) {
  const started = performance.now();
  await processPages(processor, pages, count);
  return (performance.now() - started) / 1000;
}

const chain = await createSourceChain(await resolveSource());
const [inline, threads] = await Promise.all([createByteProcessor(0), createByteProcessor(2)]);
const objects = createObjectProcessor(2);
const count = 300;
const ratios = {
  /** A request through all middleware, to a page parsed and written by hand. */
  chainToPage: await ratio(
    async () => (await timeCalls(chain.call, count * 4)) / 4,
    () => byHand(count),
  ),
  /** A page with all checks, hashes and metrics, to one without any. */
  processingToPage: await ratio(
    () => seconds(inline, count),
    () => byHand(count),
  ),
  /** Pages as bytes in batches, to pages as objects. */
  bytesToObjects: await ratio(
    () => seconds(threads, count),
    () => seconds(objects, count),
  ),
};
console.log(JSON.stringify(ratios));
for (const contestant of [chain, inline, threads, objects]) await contestant.close();
