import type { HttpRequest, Transport, TransportFactory } from '../contracts/http.ts';
import { classify, type ErrorCode } from '../errors.ts';
import type { RecordedExchange } from './exchange.ts';
import type { RecordingFolder } from './folder.ts';
import type { Scrubber } from './scrubber.ts';

/** The run was ended: that is no word of the upstream. */
const stopped: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['interrupted', 'deadline_exceeded', 'aborted']);

/**
 * Wraps a transport so that every exchange on the wire, each hop and each attempt, is kept before the run gets to see its
 * end. An exchange that can't be kept fails with `recording_failed`: a recording with a hole would be found out too late.
 */
export function recordingTransport(
  inner: TransportFactory,
  folder: RecordingFolder,
  scrubber: Scrubber,
): TransportFactory {
  let asked = 0;
  let answered = 0;
  let open = 0;
  // Answers go on to the run one after the other, so that the order that is kept is the order that it saw.
  let previous: Promise<void> = Promise.resolve();

  function keep(number: number, ended: Omit<RecordedExchange, 'answered'>): Promise<void> {
    answered += 1;
    const kept = { ...ended, answered };
    const written = previous.then(() => folder.keep(number, kept));
    previous = written.catch(() => undefined);
    return written;
  }

  async function exchange(transport: Transport, request: HttpRequest) {
    asked += 1;
    const number = asked;
    // Before the answer: what the request proves itself by may come back in it.
    const kept = scrubber.request(request);
    let response;
    try {
      response = await transport.handle(request);
    } catch (thrown) {
      const { code, message, retryable } = classify(thrown);
      const failure = { code, message: scrubber.text(message), retryable };
      if (!stopped.has(code)) await keep(number, { request: kept, failure });
      throw thrown;
    }
    await keep(number, { request: kept, response: scrubber.response(response) });
    return response;
  }

  return (options) => {
    const transport = inner(options);
    open += 1;
    return {
      handle: (request) => exchange(transport, request),
      async close() {
        try {
          await transport.close();
        } finally {
          open -= 1;
          await previous;
          if (open === 0) await folder.end();
        }
      },
    };
  };
}
