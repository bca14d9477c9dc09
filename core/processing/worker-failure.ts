import { SluiceError } from '../errors.ts';
import { messageOf } from './message-of.ts';
import type { PageVerdict } from '../contracts/batch.ts';

/** The reply for a page that was never looked at: its plugin can't be used, or its thread is gone. */
export function workerFailure(cause: unknown, processingMs = 0): PageVerdict {
  const message = cause instanceof SluiceError ? `${cause.code}: ${cause.message}` : messageOf(cause);
  return { ok: false, code: 'worker_failed', message, processingMs };
}
