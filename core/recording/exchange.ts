import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import type { RecordedBody } from './body.ts';

/** A request as it went on the wire, without secrets. */
export interface RecordedRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute. */
  readonly url: string;
  /** Those that the run gave it; a transport adds its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What came back, without secrets. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded: what a `content-encoding` among the headers says of is undone. */
  readonly body: RecordedBody;
}

/** Why nothing came back. */
export interface RecordedFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** One attempt of one hop: a request, and the response or the failure that it ended in. */
export interface RecordedExchange {
  readonly request: RecordedRequest;
  /** Place in the order in which the answers came, from 1; the file's number is that of the request. */
  readonly answered: number;
  readonly response?: RecordedResponse | undefined;
  readonly failure?: RecordedFailure | undefined;
}

const texts = z.record(z.string(), z.string());

const exchangeSchema = z.strictObject({
  request: z.strictObject({
    method: z.enum(['GET', 'POST']),
    url: z.url(),
    headers: texts,
    body: z.string().optional(),
  }),
  answered: z.int().positive(),
  response: z
    .strictObject({
      status: z.int().min(100).max(599),
      headers: texts,
      body: z.union([
        z.strictObject({ json: z.unknown(), indent: z.int().min(1).max(10).exactOptional() }),
        z.strictObject({ text: z.string() }),
        z.strictObject({ base64: z.base64() }),
      ]),
    })
    .optional(),
  failure: z.strictObject({ code: z.string(), message: z.string(), retryable: z.boolean() }).optional(),
});

/** Reads an exchange from the text of its file. Throws an error in words where that is none. */
export function parseExchange(text: string): RecordedExchange {
  const result = exchangeSchema.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(z.prettifyError(result.error));
  const { response, failure, ...rest } = result.data;
  if ((response === undefined) === (failure === undefined))
    throw new Error('an exchange has either a response or a failure');
  // A code of another version of sluice is told as it is.
  return { ...rest, response, failure: failure && { ...failure, code: failure.code as ErrorCode } };
}

/** The text of an exchange's file. */
export function printExchange(exchange: RecordedExchange): string {
  return `${JSON.stringify(exchange, null, 2)}\n`;
}

/** What a request is known again by. */
export function identityOf({ method, url, body }: RecordedRequest): string {
  return body === undefined ? `${method} ${url}` : `${method} ${url} ${body}`;
}
