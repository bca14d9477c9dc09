import type { Clock } from '../../contracts/clock.ts';
import type { Handler, HttpRequest, Middleware } from '../../contracts/http.ts';
import type { TimeoutSettings } from '../../config/resolved.ts';
import { SluiceError } from '../../errors.ts';
import { onAbort } from '../../on-abort.ts';
import { redactUrl } from '../../redact.ts';
import { CancellableRequest } from '../cancellable-request.ts';
import { createDueTimes, type DueTimes } from '../resilience/due-times.ts';

/** Where the time limits come from. */
export interface TimeoutOptions {
  readonly settings: TimeoutSettings;
  readonly clock: Clock;
}

/**
 * Limits one attempt: connecting, waiting for the headers, silence within the body, and all of it together. An
 * attempt that takes too long is aborted, not merely left alone, and throws a retryable `timeout`.
 */
export function timeout({ settings, clock }: TimeoutOptions): Middleware {
  // One timer for all attempts of the source.
  const dueTimes = createDueTimes(clock);
  return (next) =>
    function timeoutMiddleware(request) {
      return limited(next, request, { settings, clock, dueTimes });
    };
}

interface Limits extends TimeoutOptions {
  readonly dueTimes: DueTimes;
}

function limited(next: Handler, request: HttpRequest, { settings, clock, dueTimes }: Limits): ReturnType<Handler> {
  return new Promise((resolve, reject) => {
    const startedAt = clock.now();
    const endsAt = startedAt + settings.attemptMs;
    let stage: Stage = 'connect';
    let stageEndsAt = startedAt + settings.connectMs;

    // Plain data: an object with a getter of its own would have a hidden class of its own, for each attempt.
    const due = {
      dueAt: Math.min(stageEndsAt, endsAt),
      expire() {
        const message = stageEndsAt <= endsAt ? lateIn(stage, settings) : `not done within ${settings.attemptMs} ms`;
        cancel(new SluiceError('timeout', message, { retryable: true, url: redactUrl(request.url) }));
      },
    };
    const attempt = new CancellableRequest(request, (phase) => {
      stage = phase === 'sent' ? 'headers' : 'body';
      stageEndsAt = clock.now() + (phase === 'sent' ? settings.headersMs : settings.bodyMs);
      due.dueAt = Math.min(stageEndsAt, endsAt);
      dueTimes.moved(due);
      request.onPhase?.(phase);
    });
    // Not left to the transport alone: whoever waits here is answered even if the work ignores its signal.
    const cancel = (reason: unknown): void => {
      attempt.cancel(reason);
      reject(reason);
    };
    const ending =
      <Value>(settle: (value: Value) => void) =>
      (value: Value): void => {
        stopListening();
        dueTimes.remove(watched);
        settle(value);
      };

    const watched = dueTimes.add(due);
    const stopListening = onAbort(request.signal, () => cancel(request.signal.reason));
    // Not by `finally`, which makes two more promises of each attempt.
    void next(attempt).then(ending(resolve), ending(reject));
  });
}

type Stage = 'connect' | 'headers' | 'body';

function lateIn(stage: Stage, { connectMs, headersMs, bodyMs }: TimeoutSettings): string {
  switch (stage) {
    case 'connect':
      return `no connection within ${connectMs} ms`;
    case 'headers':
      return `no response headers within ${headersMs} ms`;
    case 'body':
      return `no data for ${bodyMs} ms`;
  }
}
