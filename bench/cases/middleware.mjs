/** Case 3: what the middleware chain costs a request, with a transport that answers at once. */
import { interleave } from '../measure/interleave.mjs';
import { medianOf } from '../measure/statistics.mjs';
import { createChains } from '../middleware/chains.mjs';
import { timeCalls } from '../middleware/time-calls.mjs';
import { atMost } from '../suite/goal.mjs';
import { row } from '../suite/row.mjs';

const microseconds = 1_000_000;

export const title = 'Overhead of the middleware chain on a request, with an instant transport';

export async function run({ rounds, quick, log }) {
  const calls = quick ? 5_000 : 100_000;
  const chains = await createChains();
  try {
    for (const { call } of chains) await timeCalls(call, calls / 5);
    const seconds = await interleave(chains, quick ? rounds : rounds * 2, async ({ name, call }) => {
      const taken = await timeCalls(call, calls);
      log(`${name}: ${((taken / calls) * microseconds).toFixed(2)} µs a call`);
      return taken;
    });
    const perCall = new Map(
      [...seconds].map(([{ key }, taken]) => [key, taken.map((each) => (each / calls) * microseconds)]),
    );
    const bare = medianOf(perCall.get('none'));
    const overhead = (key) => medianOf(perCall.get(key)) - bare;
    return {
      unit: 'µs a call',
      rows: chains.map(({ name, key, note }) => row(name, perCall.get(key), { note })),
      goals: [atMost("overhead of the chain ÷ cockatiel's", 0.5, overhead('sluice') / overhead('cockatiel'))],
    };
  } finally {
    for (const { close } of chains) await close?.();
  }
}
