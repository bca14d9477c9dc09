import { z } from 'zod';
import { type Clock, createWaitingLine, type RetryBudget } from '../../../../core/engine.ts';

/** What a worker says in one turn at a shared retry budget. */
export interface BudgetCall {
  readonly id: string;
  readonly windowMs: number;
  readonly minimum: number;
  /** First attempts since the last turn; fewer than none where some were taken back. */
  readonly firsts: number;
  /** Pieces of the window in which retries were counted that were none. */
  readonly back: readonly number[];
  /** Retries that wait. */
  readonly wants: number;
}

const reply = z.object({ granted: z.number(), piece: z.number(), againMs: z.number() });

/** What the server answers: how many may go, where they are counted, when to ask for the others. */
export type BudgetReply = Readonly<z.infer<typeof reply>>;

/** Reads what the script returned. */
export function parseBudgetReply(text: unknown): BudgetReply {
  return reply.parse(JSON.parse(String(text)));
}

/** How much, and the way to where all workers count. */
export interface SharedBudgetOptions {
  readonly windowMs: number;
  readonly minimum: number;
  readonly clock: Clock;
  readonly worker: string;
  /** Takes a turn; rejects only when all is over. */
  readonly exchange: (call: BudgetCall) => Promise<BudgetReply>;
}

/** A budget that is shared with other processes. */
export interface SharedBudget extends RetryBudget {
  /** Tells the others nothing more. */
  close(): void;
}

/** How late the others hear of first attempts, in milliseconds. Pages that need no retry cost no more than that. */
const tellMs = 2000;
/** Longest time between two questions while a retry waits: another worker's first attempts may have made room. */
const longestWaitMs = 1000;

/** Builds a budget that is counted over all workers. */
export function createSharedBudget({ windowMs, minimum, clock, worker, exchange }: SharedBudgetOptions): SharedBudget {
  const line = createWaitingLine<() => void>({ onEmpty: () => undefined });
  let firsts = 0;
  let back: number[] = [];
  let calls = 0;
  let askAt = -Infinity;
  let turning = false;
  let closed = false;
  let timer: { readonly at: number; readonly cancel: () => void } | undefined;

  function plan(at: number): void {
    if (closed || turning || (timer !== undefined && timer.at <= at)) return;
    timer?.cancel();
    timer = { at, cancel: clock.timer(at - clock.now(), () => void takeTurn()) };
  }

  function planNext(): void {
    const now = clock.now();
    if (line.length > 0) plan(Math.max(now, askAt));
    else if (firsts !== 0 || back.length > 0) plan(now + tellMs);
  }

  async function takeTurn(): Promise<void> {
    timer = undefined;
    turning = true;
    calls += 1;
    const wants = line.length;
    const call = { id: `${worker}:${calls.toString(36)}`, windowMs, minimum, firsts, back, wants };
    firsts = 0;
    back = [];
    try {
      const { granted, piece, againMs } = await exchange(call);
      for (let left = granted; left > 0; left -= 1) {
        // Whoever waited for it may have gone meanwhile.
        if (!line.serve(takeBack(piece))) back.push(piece);
      }
      askAt = againMs < 0 ? -Infinity : clock.now() + Math.min(againMs, longestWaitMs);
    } catch {
      // Given up: the way is closed.
      return;
    } finally {
      turning = false;
    }
    planNext();
  }

  function takeBack(piece: number): () => void {
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      back.push(piece);
      planNext();
    };
  }

  return {
    first() {
      firsts += 1;
      planNext();
      let counted = true;
      return () => {
        if (counted) firsts -= 1;
        counted = false;
      };
    },
    spend(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const counted = line.join(signal);
      planNext();
      return counted;
    },
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}
