import { runKeys, runsKey } from '../redis/keys.ts';
import { dutyScript } from './scripts/checkpoint.ts';
import { listOf, numberOf, type RedisCaller, replyOf, textOf } from './scripts/script.ts';
import type { Coordinator, RegisteredRun, RunRegistry, RunResult, RunState, WorkerPresence } from './runs.ts';
import { readFields } from './totals-state.ts';

/** Milliseconds after which a worker that has said nothing counts as gone. */
const goneAfterMs = 5000;

/** What is written of a run, beside its state, which changes. */
type WrittenRun = Omit<RegisteredRun, 'runId' | 'state' | 'result' | 'hashKey'> & { readonly hashKey: string };

export interface RunRegistryOptions {
  readonly redis: RedisCaller;
  readonly queue: string;
}

export function createRunRegistry({ redis, queue }: RunRegistryOptions): RunRegistry {
  const runKey = (runId: string): string => runKeys(queue, runId).prefix;
  // One slot of a cluster for both.
  const runs = runsKey(queue);
  const states = `${runs}:states`;
  const ask = async (command: string, ...args: (string | number)[]) =>
    replyOf(await redis.callBuffer(command, ...args));

  async function coordinator(runId: string): Promise<Coordinator | undefined> {
    const holder = textOf(await ask('GET', `${runKey(runId)}:duty:coordinator`));
    return holder === '' ? undefined : (JSON.parse(holder) as Coordinator);
  }

  async function list(): Promise<readonly RegisteredRun[]> {
    const [written, kept] = await Promise.all([ask('HGETALL', runs), ask('HGETALL', states)]);
    const stateOf = readFields(kept);
    return [...readFields(written)].map(([runId, text]) => {
      const { hashKey, ...run } = JSON.parse(textOf(text)) as WrittenRun;
      return { ...run, runId, ...readState(textOf(stateOf.get(runId))), hashKey: BigInt(hashKey) };
    });
  }

  /** Machines differ in their clocks. */
  async function timeOfRedis(): Promise<number> {
    const [seconds, micros] = listOf(await ask('TIME')).map(numberOf);
    return (seconds ?? 0) * 1000 + Math.floor((micros ?? 0) / 1000);
  }

  return {
    async register({ runId, state, version, fingerprint, startedAt, hashKey, sources, cursors }) {
      const written: WrittenRun = { version, fingerprint, startedAt, hashKey: String(hashKey), sources, cursors };
      if ((await ask('HSETNX', runs, runId, JSON.stringify(written))) === 0) return false;
      await ask('HSET', states, runId, state);
      return true;
    },
    list,
    async find(runId) {
      return (await list()).find((run) => run.runId === runId);
    },
    async setState(runId, state) {
      await ask('HSET', states, runId, state);
    },
    async end(runId, result) {
      await ask('HSET', states, runId, `ended ${JSON.stringify(result)}`);
    },
    async coordinate(runId, own, ms) {
      await dutyScript.run(redis, runKey(runId), ['coordinator', JSON.stringify(own), ms]);
      return (await coordinator(runId)) ?? own;
    },
    coordinator,
    async resign(runId, own) {
      // What expires in this very moment, and is somebody else's, would have to be a fraction of a millisecond late.
      if ((await coordinator(runId))?.id === own.id) await ask('DEL', `${runKey(runId)}:duty:coordinator`);
    },
    async present(runId, worker) {
      const seenAt = await timeOfRedis();
      await ask('HSET', `${runKey(runId)}:workers`, worker.id, JSON.stringify({ ...worker, seenAt }));
    },
    async absent(runId, workerId) {
      await ask('HDEL', `${runKey(runId)}:workers`, workerId);
    },
    async workers(runId) {
      const now = await timeOfRedis();
      const all = readFields(await ask('HGETALL', `${runKey(runId)}:workers`));
      return [...all.values()]
        .map((text) => JSON.parse(textOf(text)) as WorkerPresence)
        .filter(({ seenAt }) => now - seenAt < goneAfterMs);
    },
    async remove(runId) {
      await Promise.all([ask('HDEL', runs, runId), ask('HDEL', states, runId)]);
    },
  };
}

/** The state is followed by what came of the run, where it has ended. */
function readState(text: string): Pick<RegisteredRun, 'state' | 'result'> {
  const [state = '', result] = text.split(/ (.*)/s);
  return {
    state: (state || 'running') as RunState,
    ...(result !== undefined && { result: JSON.parse(result) as RunResult }),
  };
}
