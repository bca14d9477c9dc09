/** Case 3: what the middleware chain costs a request, with a transport that answers at once. */
import { interleave } from '../measure/interleave.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { createChains } from '../middleware/chains.mjs';
import { timeCalls } from '../middleware/time-calls.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';
import { inTemporaryFolder } from '../suite/temporary-folder.mjs';

export const title = 'Overhead of the middleware chain on a request, with an instant transport';

const microseconds = 1_000_000;

export async function run({ rounds, quick, log }) {
  const calls = quick ? 5_000 : 100_000;
  return inTemporaryFolder(async (folder) => {
    const chains = await createChains(folder);
    for (const { call } of chains) await timeCalls(call, calls / 5);
    const perCall = await interleave(chains, quick ? rounds : rounds * 2, async ({ name, call }) => {
      const taken = ((await timeCalls(call, calls)) / calls) * microseconds;
      log(`${name}: ${taken.toFixed(2)} µs a call`);
      return taken;
    });
    for (const chain of chains) await chain.close?.();
    const medians = Object.fromEntries(chains.map((chain) => [chain.key, medianOf(perCall.get(chain))]));
    return {
      unit: 'µs a call',
      rows: chains.map((chain) => row(chain.name, perCall.get(chain), { note: chain.note })),
      goals: [
        atMost(
          "overhead of the chain ÷ cockatiel's",
          0.5,
          (medians.sluice - medians.none) / (medians.cockatiel - medians.none),
        ),
      ],
    };
  });
}
