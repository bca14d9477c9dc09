import type { Respond } from '../support/fault-server.ts';
import { faultServer, responseText, type FaultServer } from '../support/fault-server.ts';

/** Items with ids from `from` up to and including `to`. */
export function items(from: number, to: number): { id: number; title: string; price: number }[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({
    id: from + index,
    title: `item ${from + index}`,
    price: 1.5,
  }));
}

/** A whole answer with a body: text as it stands, anything else as JSON. */
export function json(body: unknown, headers: readonly string[] = [], status = '200 OK'): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return responseText(text, ['content-type: application/json', ...headers], status);
}

/** An upstream that gives one of these answers after the other, and the last one for ever. */
export function answering(...answers: readonly (string | Buffer)[]): () => Promise<FaultServer> {
  return () => faultServer((socket, _head, index) => socket.write(answers[index] ?? answers.at(-1) ?? ''));
}

/** An upstream that answers as `answer` says, by the offset asked for. */
export function paging(answer: (offset: number, index: number) => string): () => Promise<FaultServer> {
  return () => faultServer((socket, head, index) => socket.write(answer(numberIn(head, 'offset'), index)));
}

/** An upstream that `respond` plays byte for byte. */
export function misbehaving(respond: Respond): () => Promise<FaultServer> {
  return () => faultServer(respond);
}

/** The number behind a query parameter of a request's head; 0 where there is none. */
export function numberIn(head: string, parameter: string): number {
  return Number(new RegExp(`[?&]${parameter}=(\\d+)`).exec(head)?.[1] ?? 0);
}
