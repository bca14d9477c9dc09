import type { Tinypool } from 'tinypool';

/**
 * Covers what Tinypool leaves open. It does not notice a thread that ends by `process.exit()`, whose task would
 * never settle: its exit becomes an error. And a thread that dies without a task, at its start for one, is told
 * by an event that would end the process where nobody listens. Call what is returned whenever threads may be new.
 */
export function watchThreads(pool: Tinypool): () => void {
  const watched = new WeakSet<object>();

  function watch(): void {
    for (const thread of pool.threads) {
      if (watched.has(thread)) continue;
      watched.add(thread);
      thread.once('exit', (code: number) => {
        // Those that the pool ended itself are no longer on its list.
        if (pool.threads.includes(thread)) thread.emit('error', new Error(`the worker thread exited (${code})`));
      });
    }
  }

  pool.on('error', () => {
    // Once a thread has failed to start, Tinypool starts no other for what is in its queue: it would wait for ever.
    if (pool.threads.length === 0) pool.cancelPendingTasks();
    watch();
  });
  watch();
  return watch;
}
