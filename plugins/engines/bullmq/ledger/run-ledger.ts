import type { RequestVault, SinkPosition } from '../../../../core/engine.ts';
import { packOutcome, unpackOutcome } from './codec.ts';
import type { Acknowledged, Acknowledgement, DonePage, RunLedger, SourceLedger } from './ledger.ts';
import { acknowledgeScript } from './scripts/acknowledge.ts';
import { checkpointScript, dutyScript } from './scripts/checkpoint.ts';
import { listOf, numberOf, type RedisCaller, replyOf, textOf } from './scripts/script.ts';
import { createSourceLedger } from './source-ledger.ts';
import { forgetRun } from './forget-run.ts';
import { readFields, readTotals } from './totals-state.ts';

export interface RunLedgerOptions {
  readonly redis: RedisCaller;
  /** What all keys of the run begin with, its hash tag in braces. */
  readonly key: string;
  readonly vault: RequestVault;
  readonly runId: string;
  readonly sources: readonly string[];
  /** What the key of a source's jobs begins with; the ordinal follows. */
  readonly jobKey: (source: string) => string;
}

/** The ledger of one run; nothing is asked of Redis yet. */
export function createRunLedger({ redis, key, vault, runId, sources, jobKey }: RunLedgerOptions): RunLedger {
  const bySource = new Map(
    sources.map((name) => [name, createSourceLedger({ redis, vault, run: key, name, jobKey: jobKey(name) })]),
  );
  const stream = `${key}:outcomes`;

  function source(name: string): SourceLedger {
    const found = bySource.get(name);
    if (found === undefined) throw new TypeError(`no source of the run is called ${name}`);
    return found;
  }

  async function acknowledge(ack: Acknowledgement): Promise<Acknowledged> {
    const { session, number, worker, pages, sinks, positions } = ack;
    const kept = Object.entries(positions).flatMap(([name, position]) => [name, JSON.stringify(position)]);
    const tallies = Object.keys(sinks).length === 0 ? '' : packOutcome({ kind: 'sinks', worker, sinks });
    const head = [session, number, tallies, kept.length / 2, ...kept];
    const answer = await acknowledgeScript.run(redis, key, [...head, ...pages.flatMap(argumentsOf)]);
    if (answer === null) return { taken: false };
    const [perPage, perSource] = listOf(answer);
    const states = listOf(perSource).map((state) => {
      const [fields, atRest] = listOf(state);
      return { totals: readTotals(readFields(fields)), atRest: atRest === 1 };
    });
    return {
      taken: true,
      pages: listOf(perPage).map((entry) => {
        const [stale, at] = listOf(entry).map(numberOf);
        return { stale: stale ?? 0, ...(states[(at ?? 1) - 1] ?? { totals: readTotals(new Map()), atRest: false }) };
      }),
    };
  }

  return {
    runId,
    source,
    acknowledge,
    async tell(outcomes) {
      for (const outcome of outcomes) await redis.callBuffer('XADD', stream, '*', 'o', packOutcome(outcome));
    },
    async outcomes(after, most) {
      const reply = await redis.callBuffer('XRANGE', stream, after === '0' ? '-' : `(${after}`, '+', 'COUNT', most);
      if (!Array.isArray(reply)) return [];
      return reply.map((entry: [Buffer, [Buffer, Buffer]]) => ({
        id: entry[0].toString(),
        outcome: unpackOutcome(entry[1][1]),
      }));
    },
    endedSources: async () => numberOf(replyOf(await redis.callBuffer('GET', `${key}:ended`))),
    backlogOfOutcomes: async () => Number(await redis.callBuffer('XLEN', stream)),
    async foldedTo() {
      const id = replyOf(await redis.callBuffer('HGET', `${key}:checkpoint`, 'id'));
      return id === null ? '0' : textOf(id);
    },
    async checkpoint() {
      const [id, state] = (await redis.callBuffer('HMGET', `${key}:checkpoint`, 'id', 'state')) as (Buffer | null)[];
      return id && state ? { id: id.toString(), state } : undefined;
    },
    keepCheckpoint: async (from, to, state) => (await checkpointScript.run(redis, key, [from, to, state])) === 1,
    async parts() {
      const sessions = new Map<string, Map<string, SinkPosition>>();
      for (const [field, position] of readFields(replyOf(await redis.callBuffer('HGETALL', `${key}:parts`)))) {
        const [session = '', sink = ''] = field.split(' ');
        const ofSession = sessions.get(session) ?? new Map<string, SinkPosition>();
        ofSession.set(sink, JSON.parse(textOf(position)) as SinkPosition);
        sessions.set(session, ofSession);
      }
      return sessions;
    },
    duty: async (name, holder, ms) => (await dutyScript.run(redis, key, [name, holder, ms])) === 1,
    forget: (keepMs = 0) => forgetRun({ redis, key, sources, keepMs }),
  };
}

function argumentsOf({ source, page, totals, outcome }: DonePage): (string | number | Buffer)[] {
  const { opens, total, items, child = '' } = totals;
  return [
    source,
    page.ordinal,
    page.token,
    page.listing ?? '',
    page.extra ? '1' : '0',
    items,
    total ?? '',
    opens === undefined ? '' : opens ? '1' : '0',
    child,
    outcome.records,
    outcome.duplicates,
    packOutcome(outcome),
  ];
}
