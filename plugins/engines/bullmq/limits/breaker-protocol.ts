import { z } from 'zod';
import { type ErrorCode, SluiceError } from '../../../../core/engine.ts';

/** What a worker does with a shared breaker. */
export type BreakerStep =
  | { readonly kind: 'read' | 'turn' | 'keep' | 'forget' | 'answered' }
  | { readonly kind: 'open'; readonly era: number; readonly failure: string }
  | { readonly kind: 'failed'; readonly failure: string };

const view = z.object({
  name: z.string(),
  era: z.number(),
  state: z.enum(['closed', 'open', 'half-open']),
  /** What it was before this step. */
  from: z.enum(['closed', 'open', 'half-open']),
  /** Whether the worker that asked may probe. */
  turn: z.boolean(),
  failedProbes: z.number(),
  givenUp: z.boolean(),
  failure: z.string(),
  /** Milliseconds until somebody may probe. */
  waitMs: z.number(),
});

/** What all workers know of a breaker. */
export type BreakerView = Readonly<z.infer<typeof view>>;

/** Reads what the script returned or published. */
export function parseBreakerView(text: unknown): BreakerView {
  return view.parse(JSON.parse(String(text)));
}

/** Makes a text of what an upstream failed by; its message is safe to print. */
export function writeFailure({ code, message, retryable, status, url }: SluiceError): string {
  return JSON.stringify({ code, message, retryable, status, url });
}

const failure = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  status: z.number().optional(),
  url: z.string().optional(),
});

/** Reads such a text; undefined for an empty one. */
export function readFailure(text: string): SluiceError | undefined {
  if (text === '') return undefined;
  const { code, message, ...details } = failure.parse(JSON.parse(text));
  // Workers of another version of sluice take no part in a run, so the code is one of these.
  return new SluiceError(code as ErrorCode, message, details);
}
