import type { Clock } from '../../contracts/clock.ts';
import type { HttpRequest, HttpResponse, TransportFactory } from '../../contracts/http.ts';
import type { Dice } from '../../dice.ts';
import { SluiceError } from '../../errors.ts';
import { delay } from '../../http/resilience/delay.ts';
import type { Answer, Session } from '../upstream.ts';

/** Longest that an answer takes, in milliseconds: long enough for many requests to be under way at once. */
const slowestMs = 400;

export interface TestTransportOptions {
  readonly clock: Clock;
  /** Decides how long answers take; undefined: all take as long, and come in the order in which they were asked for. */
  readonly dice: Dice | undefined;
  readonly session: Session;
  /** Called for each request as it goes out; `way` counts the transports to the source's origin, from 0. */
  readonly onSent: (request: HttpRequest, way: number) => void;
}

/** A transport that answers from a session after a while. */
export function testTransport({ clock, dice, session, onSent }: TestTransportOptions): TransportFactory {
  async function handle(request: HttpRequest, way: number): Promise<HttpResponse> {
    request.signal.throwIfAborted();
    onSent(request, way);
    request.onPhase?.('sent');
    const outcome = session(request) ?? unknownPage(request);
    await delay(dice?.int(1, slowestMs) ?? slowestMs, clock, request.signal);
    if (outcome instanceof SluiceError) throw outcome;
    request.onPhase?.('headers');
    return { ...copyOf(outcome), url: request.url.href };
  }
  let home: string | undefined;
  let ways = 0;
  return ({ origin }) => {
    home ??= origin;
    // Whatever is asked elsewhere, a token for one, falls under no limit of the source.
    const way = origin === home ? ways : -1;
    if (way >= 0) ways += 1;
    return { handle: (request) => handle(request, way), close: () => Promise.resolve() };
  };
}

/** A body is the receiver's own: it may be handed on to a thread. */
function copyOf({ status, headers, body }: Answer): Answer {
  return { status, headers, body: Uint8Array.from(body) };
}

function unknownPage({ method, url }: HttpRequest): SluiceError {
  return new SluiceError(
    'replay_miss',
    `it asks for ${method} ${url.pathname}${url.search}, for which there is no page`,
  );
}
