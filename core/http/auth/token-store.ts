import type { OAuth2Auth } from '../../contracts/auth.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Handler } from '../../contracts/http.ts';
import { classify, SluiceError } from '../../errors.ts';
import { messageOf } from '../../processing/message-of.ts';
import { onAbort } from '../../on-abort.ts';
import { longestPauseMs } from '../rate-limit-headers.ts';
import { delay } from '../resilience/delay.ts';
import { requestToken } from './token-request.ts';

/** An access token of this run. */
export interface AccessToken {
  readonly value: string;
  /** By the clock; Infinity where the endpoint did not say. */
  readonly renewAt: number;
  /** Got because the one before was refused: if it is refused as well, another would be, too. */
  readonly afterRefusal: boolean;
  accepted: boolean;
}

/** Who needs a token, and the way to the wire. */
export interface Asking {
  readonly send: Handler;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** The one token of all requests, and of all sources, with the same credentials. */
export interface TokenStore {
  /** The token in force; fetched where there is none, or it is about to expire. */
  current(asking: Asking): Promise<AccessToken>;
  /** Another one than `refused`; undefined where that could not help. Fetched once, whoever had the same one refused. */
  renewed(refused: AccessToken, asking: Asking): Promise<AccessToken | undefined>;
}

/** A token is renewed this long before it expires, or a tenth of its life where that is less: it may wait for the limiter. */
const aheadMs = 30_000;

/** A fetch under way, for all who wait for it. */
interface Fetching {
  readonly token: Promise<AccessToken>;
  readonly owner: Handler;
  readonly stop: AbortController;
  waiting: number;
}

/** Builds a store that holds no token yet. A refusal of the endpoint is final: nobody asks it again in this run. */
export function createTokenStore(auth: OAuth2Auth, url: URL, clock: Clock): TokenStore {
  let held: AccessToken | undefined;
  let refreshToken = auth.refreshToken;
  let fetching: Fetching | undefined;
  let refused: SluiceError | undefined;
  let notBefore = -Infinity;

  async function fetch({ send, attempt }: Asking, signal: AbortSignal, afterRefusal: boolean): Promise<AccessToken> {
    await delay(notBefore - clock.now(), clock, signal);
    const issued = await requestToken({ auth, url, refreshToken, send, attempt, signal });
    const lifeMs = (issued.expiresInS ?? Infinity) * 1000;
    const renewAt = clock.now() + lifeMs - Math.min(aheadMs, lifeMs / 10);
    held = { value: issued.token, renewAt: Number.isNaN(renewAt) ? Infinity : renewAt, afterRefusal, accepted: false };
    if (issued.refreshToken !== undefined && issued.refreshToken !== refreshToken) {
      // First of all: the old one may be worthless from now on, whatever becomes of the rest.
      refreshToken = issued.refreshToken;
      await tellRotation(auth, refreshToken);
    }
    return held;
  }

  function begin(asking: Asking, afterRefusal: boolean): Fetching {
    const stop = new AbortController();
    const token = fetch(asking, stop.signal, afterRefusal)
      .catch((thrown: unknown) => {
        const error = classify(thrown);
        if (error.code === 'auth_failed' && !error.retryable) refused = error;
        if (error.retryAfterMs !== undefined) notBefore = clock.now() + Math.min(error.retryAfterMs, longestPauseMs);
        throw thrown;
      })
      .finally(() => leave(mine));
    const mine: Fetching = { token, owner: asking.send, stop, waiting: 0 };
    return mine;
  }

  function leave(ended: Fetching): void {
    if (fetching === ended) fetching = undefined;
  }

  /** Waits for the fetch that is under way, or for a new one: however many come, there is one. */
  async function share(asking: Asking, afterRefusal: boolean): Promise<AccessToken> {
    if (refused !== undefined) throw refused;
    fetching ??= begin(asking, afterRefusal);
    const mine = fetching;
    mine.waiting += 1;
    try {
      return await orAborted(mine.token, asking.signal);
    } catch (thrown) {
      // Made by another source, which may have ended, or have a limit of its own: that is no failure of this one.
      if (asking.signal.aborted || mine.owner === asking.send || refused !== undefined) throw thrown;
      return await share(asking, afterRefusal);
    } finally {
      mine.waiting -= 1;
      // Not before: others may need it, and a refresh token that was used up on the way is lost with the answer.
      if (mine.waiting === 0) {
        // At once, for who comes next must not join a fetch that is being ended.
        leave(mine);
        mine.stop.abort(new SluiceError('aborted', 'nobody waits for the token any more'));
      }
    }
  }

  return {
    async current(asking) {
      return held !== undefined && clock.now() < held.renewAt ? held : share(asking, false);
    },
    async renewed(old, asking) {
      // Another request has seen to it: a token is renewed once, however many had it refused.
      if (held !== undefined && held !== old) return held;
      if (old.afterRefusal && !old.accepted) return undefined;
      return share(asking, true);
    },
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason));
    work.then(resolve, reject).finally(stopListening);
  });
}

/** A token that could not be kept must not go unnoticed: the next run would begin with one that is worthless. */
async function tellRotation({ onRotation }: OAuth2Auth, refreshToken: string): Promise<void> {
  try {
    await onRotation?.(refreshToken);
  } catch (thrown) {
    const message = `onRotation threw, so the new refresh token may be kept nowhere: ${messageOf(thrown)}`;
    throw new SluiceError('plugin_invalid', message, { cause: thrown });
  }
}
