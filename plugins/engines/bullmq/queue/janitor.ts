import {
  capReached,
  createListings,
  createSourceTotals,
  type PageRequest,
  requestHashes,
  resolveUrl,
  type SourcePlan,
} from '../../../../core/engine.ts';
import type { RunLedger, SourceStanding } from '../ledger/ledger.ts';
import { createAdding } from './new-requests.ts';
import type { PageQueue } from './page-queue.ts';
import { sourceEnd } from './source-end.ts';
import { windowOf } from './window.ts';

export interface JanitorOptions {
  readonly ledger: RunLedger;
  readonly queue: Pick<PageQueue, 'add'>;
  readonly sources: readonly SourcePlan[];
  readonly hash: (text: string) => bigint;
}

/** Sources that one sweep looks at: at a hundred thousand of them each has its turn within minutes, not at once. */
const sourcesInASweep = 1000;

/**
 * Keeps the sources of a run moving: what waits goes into the queue, a slice at a time, and what is at its end is ended.
 * Whoever sees something to do does it; that two do it at once harms nothing.
 */
export interface Janitor {
  /** Has a source go on after one of its pages has moved; calls that come during one are one more. */
  tend(source: string): Promise<void>;
  /** Looks at all sources: begins them, and picks up what somebody left who died between two steps. */
  sweep(): Promise<void>;
  /** Sources that have ended, as far as is known. */
  readonly ended: ReadonlySet<string>;
  /** Those, and the ones that take no more pages. */
  readonly closed: ReadonlySet<string>;
}

export function createJanitor({ ledger, queue, sources, hash }: JanitorOptions): Janitor {
  const plans = new Map(sources.map((plan) => [plan.name, plan]));
  const tending = new Map<string, { again: boolean; done: Promise<void> }>();
  const ended = new Set<string>();
  const closed = new Set<string>();
  let next = 0;

  function planOf(name: string): SourcePlan {
    const plan = plans.get(name);
    if (plan === undefined) throw new TypeError(`no source of the run is called ${name}`);
    return plan;
  }

  async function open(plan: SourcePlan): Promise<void> {
    const {
      taken,
      status,
      begun,
      open: opened,
      inWork,
      waiting,
    } = await ledger.source(plan.name).slice(windowOf(plan));
    await queue.add(plan.name, taken);
    if (status !== 'running') closed.add(plan.name);
    if (status === 'ended') ended.add(plan.name);
    const nothingLeft = status === 'running' ? begun && opened + waiting === 0 : inWork === 0;
    if (status !== 'ended' && nothingLeft) await conclude(plan);
  }

  async function conclude(plan: SourcePlan): Promise<void> {
    const source = ledger.source(plan.name);
    const standing = await source.standing();
    // Somebody else was faster.
    if (standing.status === 'ended') return;
    if (standing.status === 'running' && !isIdle(standing)) return;
    if (standing.status === 'refused' && standing.inWork > 0) return;
    if (standing.status === 'running' && (await askForExtra(plan, standing))) return open(plan);
    const { outcomes, state } = sourceEnd({
      source: plan.name,
      standing,
      totals: createSourceTotals(plan.plugin, standing.totals),
      cut: standing.error ?? (standing.capped ? capReached(plan.maxPages) : undefined),
    });
    const done = await source.end(standing, [...outcomes, { kind: 'ended', source: plan.name, state }]);
    if (!done) return;
    closed.add(plan.name);
    ended.add(plan.name);
  }

  /** One more page, where the items do not add up to the total. */
  async function askForExtra(plan: SourcePlan, standing: SourceStanding): Promise<boolean> {
    const { failed, skipped, extrasEnded, last } = standing;
    if (failed + skipped > 0 || extrasEnded || last === undefined) return false;
    if (createSourceTotals(plan.plugin, standing.totals).mismatch === undefined) return false;
    const request = following(plan, last);
    if (request === undefined) return false;
    const hashes = requestHashes(request, resolveUrl(plan.baseUrl, request.url).href, hash);
    const made = { request, hashes, listing: undefined, opens: false };
    // Where anything has changed, or there is no such page, the next look will tell.
    await ledger.source(plan.name).addExtra(made, standing, plan.maxPages);
    return true;
  }

  async function begin(plan: SourcePlan): Promise<void> {
    const source = ledger.source(plan.name);
    const { own } = createListings(plan.plugin, hash);
    await createAdding({ plan, ledger: source, hash }).add(own, 'first', undefined, () =>
      plan.plugin.pagination.first(),
    );
  }

  async function tend(name: string): Promise<void> {
    const current = tending.get(name);
    if (current !== undefined) {
      current.again = true;
      return current.done;
    }
    const turn = { again: true, done: Promise.resolve() };
    tending.set(name, turn);
    turn.done = (async () => {
      try {
        while (turn.again) {
          turn.again = false;
          await open(planOf(name));
        }
      } finally {
        tending.delete(name);
      }
    })();
    return turn.done;
  }

  return {
    tend,
    ended,
    closed,
    async sweep() {
      for (let looked = 0; looked < Math.min(sources.length, sourcesInASweep); looked++) {
        const plan = sources[next++ % sources.length];
        if (plan === undefined || ended.has(plan.name)) continue;
        const source = ledger.source(plan.name);
        const { begun, status } = await source.standing();
        if (status === 'running') {
          if (!begun) await begin(plan);
          await queue.add(plan.name, await source.orphans());
        }
        await tend(plan.name);
      }
    },
  };
}

function isIdle({ begun, open, waiting }: SourceStanding): boolean {
  return begun && open + waiting === 0;
}

/** What the pager says, or nothing: the difference is reported all the same. */
function following({ plugin }: SourcePlan, last: PageRequest): PageRequest | undefined {
  try {
    return plugin.pagination.following?.(last);
  } catch {
    return undefined;
  }
}
