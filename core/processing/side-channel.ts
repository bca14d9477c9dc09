/** Requests of enrichers on their way from a worker thread to the main thread, where the limits are, and back. */
import type { MessagePort } from 'node:worker_threads';
import type { Ask, SideAnswer } from '../contracts/enricher.ts';
import type { PageRequest } from '../contracts/page.ts';
import { classify, type ErrorCode, SluiceError } from '../errors.ts';

/** What a thread sends: a request, or that nobody waits for its answer any more. */
type Question = { readonly id: number; readonly request: PageRequest } | { readonly id: number; readonly cancel: true };

/** An error loses its class and its code on the way: it goes as data. */
type Reply =
  | { readonly id: number; readonly answer: SideAnswer }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string; readonly status: number | undefined };

/** The main thread's side. Returns what ends it, with all that is under way. */
export function serveRequests(port: MessagePort, ask: Ask): () => void {
  const underWay = new Map<number, AbortController>();

  async function answer(id: number, request: PageRequest): Promise<void> {
    const cancel = new AbortController();
    underWay.set(id, cancel);
    try {
      const found = await ask(request, cancel.signal);
      // Copied: whoever records what comes may hold the bytes still.
      port.postMessage({ id, answer: found } satisfies Reply);
    } catch (thrown) {
      const { code, message, status } = classify(thrown);
      port.postMessage({ id, code, message, status } satisfies Reply);
    } finally {
      underWay.delete(id);
    }
  }

  port.on('message', (question: Question) => {
    if ('request' in question) void answer(question.id, question.request);
    else underWay.get(question.id)?.abort(new SluiceError('aborted', 'nobody waits for the answer any more'));
  });
  return () => {
    for (const cancel of underWay.values()) cancel.abort(new SluiceError('aborted', 'the page is done'));
    port.close();
  };
}

/** The thread's side. */
export function askThrough(port: MessagePort): Ask {
  const waiting = new Map<number, (reply: Reply) => void>();
  let last = 0;
  port.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  return (request, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(classify(signal.reason));
      const id = ++last;
      const cancel = (): void => port.postMessage({ id, cancel: true } satisfies Question);
      signal.addEventListener('abort', cancel, { once: true });
      waiting.set(id, (reply) => {
        signal.removeEventListener('abort', cancel);
        if ('answer' in reply) resolve(reply.answer);
        else reject(new SluiceError(reply.code, reply.message, { status: reply.status }));
      });
      port.postMessage({ id, request } satisfies Question);
    });
}
