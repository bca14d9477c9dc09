import { describe, expect, it } from 'vitest';
import type { SourcePlan } from '../../../core/contracts/engine.ts';
import { singlePage } from '../../../core/plugin.ts';
import { localEngine } from '../../../core/run/local-engine.ts';
import type { PageRequest } from '../../../core/contracts/page.ts';
import { failures, fakeClient, fakePlan, fakePorts } from '../../support/fake-run.ts';

async function costsSeen(cost: (request: PageRequest) => number) {
  const costs: (number | undefined)[] = [];
  const client = fakeClient(({ cost: seen }) => {
    costs.push(seen);
    return [{ id: 1 }];
  });
  const plan = fakePlan(singlePage({ path: '/items' }));
  const source: SourcePlan = { ...plan, plugin: { ...plan.plugin, cost } };
  const run = { sources: [source], onSourceFailure: 'continue' as const, maxInFlightBytes: 1_000_000 };
  const outcomes = [];
  for await (const outcome of localEngine.run(run, fakePorts(client), new AbortController().signal)) {
    if (outcome.kind === 'delivered') outcome.release();
    outcomes.push(outcome);
  }
  return { costs, failed: failures(outcomes) };
}

describe('what a request costs', () => {
  it('is what the plugin says of it', async () => {
    expect(await costsSeen(({ url }) => url.length)).toEqual({ costs: ['/items'.length], failed: [] });
  });

  it.each([0, -1, 1.5, Number.NaN])('fails the page for %s places, and nobody is asked', async (cost) => {
    expect(await costsSeen(() => cost)).toEqual({ costs: [], failed: [{ code: 'cost_refused', pages: 1 }] });
  });

  it('fails the page where the plugin throws', async () => {
    const broken = (): number => {
      throw new Error('boom');
    };
    expect(await costsSeen(broken)).toEqual({ costs: [], failed: [{ code: 'cost_refused', pages: 1 }] });
  });
});
