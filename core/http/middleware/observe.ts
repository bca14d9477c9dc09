import type { Clock } from '../../contracts/clock.ts';
import type { EmitEvent } from '../../contracts/events.ts';
import type { HttpRequest, Middleware } from '../../contracts/http.ts';
import { classify, type ErrorCode, SluiceError } from '../../errors.ts';
import { redactUrl } from '../../redact.ts';
import { withPhases } from '../with-phases.ts';

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
      const told = (outcome: { status: number } | { error: ErrorCode; message: string }, bytes: number): void => {
        const { key, attempt } = request;
        const ms = clock.now() - startedAt;
        emit({ type: 'attempt', source, key, url: redactUrl(request.url), attempt, ms, bytes, ...outcome });
      };
      const onPhase: NonNullable<HttpRequest['onPhase']> = (phase) => {
        sent = true;
        request.onPhase?.(phase);
      };
      try {
        const response = await next(withPhases(request, onPhase));
        told({ status: response.status }, response.body.byteLength);
        return response;
      } catch (thrown) {
        const cut = request.signal.aborted;
        const { code: error, message } = cut ? interruption(thrown) : classify(thrown);
        if (sent || !cut) told({ error, message }, 0);
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
