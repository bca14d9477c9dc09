import type { Clock } from '../../contracts/clock.ts';
import type { Middleware } from '../../contracts/http.ts';
import type { TimeoutSettings } from '../../config/resolved.ts';
import { SluiceError } from '../../errors.ts';
import { onAbort } from '../../on-abort.ts';
import { redactUrl } from '../../redact.ts';

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
  const { connectMs, headersMs, bodyMs, attemptMs } = settings;
  return (next) =>
    function timeoutMiddleware(request) {
      const attempt = new AbortController();
      const endsAt = clock.now() + attemptMs;
      let stage = { message: `no connection within ${connectMs} ms`, endsAt: clock.now() + connectMs };
      let armedFor = Infinity;
      let disarm = (): void => undefined;

      return new Promise((resolve, reject) => {
        // Not left to the transport alone: whoever waits here is answered even if the work ignores its signal.
        const abort = (reason: unknown): void => {
          attempt.abort(reason);
          reject(reason);
        };
        const ring = (): void => {
          armedFor = Infinity;
          if (clock.now() < Math.min(stage.endsAt, endsAt)) return arm();
          const message = stage.endsAt <= endsAt ? stage.message : `not done within ${attemptMs} ms`;
          abort(new SluiceError('timeout', message, { retryable: true, url: redactUrl(request.url) }));
        };
        // One timer at a time, set anew only when it would ring too late: each piece of a body moves the limit
        // further away, and the timer finds that out when it rings.
        const arm = (): void => {
          const limit = Math.min(stage.endsAt, endsAt);
          if (limit >= armedFor) return;
          disarm();
          armedFor = limit;
          disarm = clock.timer(limit - clock.now(), ring);
        };

        arm();
        const stopListening = onAbort(request.signal, () => abort(request.signal.reason));
        const inner = {
          ...request,
          signal: attempt.signal,
          onPhase(phase: 'sent' | 'headers' | 'data') {
            stage =
              phase === 'sent'
                ? { message: `no response headers within ${headersMs} ms`, endsAt: clock.now() + headersMs }
                : { message: `no data for ${bodyMs} ms`, endsAt: clock.now() + bodyMs };
            arm();
            request.onPhase?.(phase);
          },
        };
        next(inner)
          .then(resolve, reject)
          .finally(() => {
            stopListening();
            disarm();
          });
      });
    };
}
