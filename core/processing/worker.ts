/** The worker thread's side. It reaches nothing of DI, HTTP, the config's schema or the CLI: see `loadSource`. */
import { on } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { workerData } from 'node:worker_threads';
import type { PageVerdict } from '../contracts/batch.ts';
import { loadModel, loadSource } from '../registry/load-located.ts';
import { createRecordChecks } from '../quality/record-checks.ts';
import { createHasher } from './hash.ts';
import { type InHandMarker, loading, markInHand, none } from './in-hand.ts';
import { createLineRoom } from './line-room.ts';
import { messageOf } from './message-of.ts';
import { packReplies } from './packed-replies.ts';
import { processPage, processWaitingPage, type PageTools, type Waits } from './process-page.ts';
import { askThrough } from './side-channel.ts';
import type { PageTask, SessionTask, SuspectPage, TaskResult, WorkerSetup } from './protocol.ts';
import { workerFailure } from './worker-failure.ts';

// Tinypool puts a record of its own before the pool's data.
const [, setup] = workerData as [unknown, WorkerSetup];

// stdout is for records, and it is the main thread that writes them: what a plugin prints is not among them.
process.stdout.write = process.stderr.write.bind(process.stderr);

// A promise that a plugin made and forgot is no reason to lose a thread, and the record that it belongs to is done.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`a promise of a plugin failed, and nothing waits for it: ${messageOf(reason)}\n`);
});

/** Milliseconds between two signs of life. */
const beatMs = 20;

const hash = createHasher(setup.hashKey);
const room = createLineRoom();
const loaded = new Map<string, Promise<PageTools>>();

/**
 * Works through the batches of a session, one after the other, until the main thread ends it or the heap is too full. All
 * buffers are handed over, not copied.
 */
export async function workThrough({ port, heapBytes }: SessionTask): Promise<void> {
  for await (const [task] of on(port, 'message') as AsyncIterable<[PageTask]>) {
    const result = await processTask(task);
    port.postMessage(result, [result.buffer, result.lines, result.columns]);
    if (getHeapStatistics().used_heap_size > heapBytes) return;
  }
}

/** Returns, never throws: an error that crosses the boundary loses its class and its code. */
async function processTask({ buffer, pages, inHand, port }: PageTask): Promise<TaskResult> {
  const marker = markInHand(inHand);
  const verdicts: PageVerdict[] = [];
  // The answers hold a copy of what was there.
  room.clear();
  const waits = port && { ask: askThrough(port), inHand: marker.item };
  // Tells the main thread that the event loop goes on, while nothing but waiting is to be seen.
  const beating = port && setInterval(marker.beat, beatMs);
  let offset = 0;
  for (const [index, page] of pages.entries()) {
    marker.page(index);
    verdicts.push(await processOne({ ...page, bytes: new Uint8Array(buffer, offset, page.length) }, marker, waits));
    offset += page.length;
  }
  clearInterval(beating);
  port?.close();
  marker.page(none);
  return { buffer, ...packReplies(verdicts) };
}

async function processOne(page: SuspectPage, marker: InHandMarker, waits: Waits | undefined): Promise<PageVerdict> {
  try {
    const tools = await toolsFor(page.source, marker);
    // Awaited here, for what it throws is the answer to this page.
    return waits === undefined ? processPage(page, tools, marker.item) : await processWaitingPage(page, tools, waits);
  } catch (error) {
    return workerFailure(error);
  }
}

/** Once a thread for each source; a failure is kept too, so that every page of the source tells it. */
async function toolsFor(name: string, marker: InHandMarker): Promise<PageTools> {
  let tools = loaded.get(name);
  if (tools === undefined) {
    marker.item(loading);
    loaded.set(name, (tools = load(name)));
  }
  const ready = await tools;
  marker.item(none);
  return ready;
}

async function load(name: string): Promise<PageTools> {
  const { sources, model, quality = [], categories } = setup;
  const locator = Object.hasOwn(sources, name) ? sources[name] : undefined;
  const [source, loadedModel] = await Promise.all([
    loadSource(locator ?? { kind: 'inline' }, name),
    loadModel(model.locator, model.name),
  ]);
  const checks = createRecordChecks(
    quality.filter((rule) => rule.sources.includes(name)),
    categories,
  );
  return { source, model: loadedModel, hash: await hash, checks, encode: room.encode };
}
