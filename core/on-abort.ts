import { createLinkedList, type LinkedList } from './linked-list.ts';

const callbacksOf = new WeakMap<AbortSignal, LinkedList<() => void>>();

/**
 * Calls `callback` when `signal` aborts, at once where it already has; the returned function takes that back.
 * However many wait on one signal, it carries a single listener: a run's signal outlives thousands of requests.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const callbacks = callbacksOf.get(signal) ?? listenOnce(signal);
  const entry = callbacks.add(callback);
  return () => callbacks.remove(entry);
}

function listenOnce(signal: AbortSignal): LinkedList<() => void> {
  const callbacks = createLinkedList<() => void>();
  callbacksOf.set(signal, callbacks);
  signal.addEventListener(
    'abort',
    () => {
      for (const entry of callbacks.entries()) {
        if (!entry.listed) continue;
        callbacks.remove(entry);
        entry.value();
      }
    },
    { once: true },
  );
  return callbacks;
}
