import type { Clock } from '../../contracts/clock.ts';
import type { EmitEvent } from '../../contracts/events.ts';
import type { HttpRequest, Middleware } from '../../contracts/http.ts';
import { classify, SluiceError } from '../../errors.ts';
import { redactUrl } from '../../redact.ts';

/** Whose requests are told, by which clock, and to whom. */
export interface ObserveOptions {
  readonly source: string;
  readonly clock: Clock;
  readonly emit: EmitEvent;
}

/**
 * Emits one `attempt` event for each request that was tried on the wire, with its outcome and how long the upstream
 * took. One that was given up before it was sent is none.
 */
export function observe({ source, clock, emit }: ObserveOptions): Middleware {
  return (next) =>
    async function observeMiddleware(request) {
      const startedAt = clock.now();
      let sent = false;
      const told = (outcome: { status?: number; error?: SluiceError; bytes: number }): void => {
        const { error, ...rest } = outcome;
        emit({
          type: 'attempt',
          source,
          key: request.key,
          url: redactUrl(request.url),
          attempt: request.attempt,
          ms: clock.now() - startedAt,
          ...rest,
          ...(error === undefined ? {} : { error: error.code, message: error.message }),
        });
      };
      const onPhase: NonNullable<HttpRequest['onPhase']> = (phase) => {
        sent = true;
        request.onPhase?.(phase);
      };
      try {
        const response = await next({ ...request, onPhase });
        told({ status: response.status, bytes: response.body.byteLength });
        return response;
      } catch (thrown) {
        const cut = request.signal.aborted;
        if (sent || !cut) told({ error: cut ? interruption(thrown) : classify(thrown), bytes: 0 });
        throw thrown;
      }
    };
}

/** A run that stops says why by a `SluiceError`; anything else as a reason is just an abort. */
function interruption(thrown: unknown): SluiceError {
  return thrown instanceof SluiceError
    ? thrown
    : new SluiceError('aborted', 'the request was aborted', { cause: thrown });
}
