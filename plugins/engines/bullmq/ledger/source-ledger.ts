import type { PageRequest, RequestVault, SluiceError } from '../../../../core/engine.ts';
import { forgetSource } from './forget-run.ts';
import { packError, packHashes, packOutcome, unpackError, unpackHashes } from './codec.ts';
import type { Added, Claimed, NewRequest, SourceLedger, SourceStanding } from './ledger.ts';
import type { Left, StartedPage } from './open-page.ts';
import { addScript } from './scripts/add.ts';
import { attemptedScript } from './scripts/attempted.ts';
import { claimScript } from './scripts/claim.ts';
import { endScript } from './scripts/end.ts';
import { extraScript } from './scripts/extra.ts';
import { loseScript } from './scripts/lose.ts';
import { orphansScript } from './scripts/orphans.ts';
import { refuseScript } from './scripts/refuse.ts';
import { releaseScript } from './scripts/release.ts';
import { bytesOf, listOf, numberOf, type RedisCaller, type Reply, type Script, textOf } from './scripts/script.ts';
import { settleScript } from './scripts/settle.ts';
import { sliceScript } from './scripts/slice.ts';
import { standingScript } from './scripts/standing.ts';
import { startScript } from './scripts/start.ts';
import { takeScript } from './scripts/take.ts';
import { readFields, readTotals } from './totals-state.ts';

export interface SourceLedgerOptions {
  readonly redis: RedisCaller;
  readonly vault: RequestVault;
  /** What all keys of the run begin with. */
  readonly run: string;
  readonly name: string;
  /** What the key of a job begins with; its ordinal follows. */
  readonly jobKey: string;
}

/** Requests that one call adds: it keeps Redis for a few milliseconds at most. */
const sliceOfRequests = 500;

export function createSourceLedger({ redis, vault, run, name, jobKey }: SourceLedgerOptions): SourceLedger {
  const base = `${run}:s:${name}`;
  const call = (script: Script, ...args: (string | number | Buffer)[]): Promise<Reply> => script.run(redis, base, args);
  const write = (request: PageRequest): Buffer => Buffer.from(JSON.stringify(vault.hide(request)));
  const read = (bytes: Buffer): PageRequest => vault.show(JSON.parse(bytes.toString()) as PageRequest);
  const argumentsOf = ({ listing = '', opens, hashes, request }: NewRequest): (string | Buffer)[] => [
    listing,
    opens ? '1' : '0',
    packHashes(hashes),
    write(request),
  ];

  function startedOf(reply: Reply, token: string): StartedPage {
    const [ordinal, blob, extra, listing, tries, ahead, next, lives, deaths, lost] = listOf(reply);
    const lostBy = bytesOf(lost);
    return {
      page: {
        ordinal: numberOf(ordinal),
        token,
        request: read(bytesOf(blob) ?? Buffer.from('{}')),
        extra: numberOf(extra) === 1,
        listing: textOf(listing) || undefined,
      },
      attempts: numberOf(tries),
      preceded: textOf(ahead) === 'all',
      expanded: textOf(next) === 'all',
      lives: numberOf(lives),
      deaths: numberOf(deaths),
      lostBy: lostBy && unpackError(lostBy),
    };
  }

  async function standing(): Promise<SourceStanding> {
    const [signature, state, totals, waiting, open, inWork] = listOf(await call(standingScript));
    const fields = readFields(state);
    const count = (field: string): number => numberOf(fields.get(field));
    const error = bytesOf(fields.get('error'));
    const last = bytesOf(fields.get('last'));
    return {
      signature: textOf(signature),
      status: (textOf(fields.get('status')) || 'running') as SourceStanding['status'],
      error: error && unpackError(error),
      begun: fields.has('begun'),
      added: count('added'),
      addedToOwn: count('own'),
      capped: fields.has('capped'),
      last: last && read(last),
      waiting: numberOf(waiting),
      open: numberOf(open),
      inWork: numberOf(inWork),
      delivered: count('delivered'),
      skipped: count('skipped'),
      failed: count('failed'),
      extrasEnded: fields.has('extras_ended'),
      totals: readTotals(readFields(totals)),
    };
  }

  async function add(
    requests: readonly NewRequest[],
    { reason, ordinal, maxPages }: Parameters<SourceLedger['add']>[1],
  ): Promise<Added> {
    for (let from = 0; ; from += sliceOfRequests) {
      const slice = requests.slice(from, from + sliceOfRequests);
      const last = from + sliceOfRequests >= requests.length;
      const head = [reason, ordinal ?? '', maxPages, from, last ? '1' : '0'];
      const [state, at] = listOf(await call(addScript, ...head, ...slice.flatMap(argumentsOf)));
      const answer = { state: textOf(state) as Added['state'], at: numberOf(at) };
      if (last || answer.state !== 'added') return answer;
    }
  }

  return {
    name,
    standing,
    add,
    async addExtra(request, { signature }, maxPages) {
      const [, , hashes = '', blob = ''] = argumentsOf(request);
      return (await call(extraScript, signature, maxPages, hashes, blob)) === 1;
    },
    async slice({ window, branching }) {
      const [taken, ...left] = listOf(await call(sliceScript, window, branching));
      return { taken: listOf(taken).map(numberOf), ...leftOf(left) };
    },
    async take(lots, forQueue, { window, branching }) {
      const wanted = lots.flatMap(({ lot, token }) => [lot, token]);
      const [begun, taken, ...left] = listOf(await call(takeScript, window, branching, forQueue, ...wanted));
      const pages = listOf(begun).map((page, index) => startedOf(page, lots[index]?.token ?? ''));
      return { pages, taken: listOf(taken).map(numberOf), ...leftOf(left) };
    },
    async orphans() {
      return listOf(await call(orphansScript, jobKey)).map(numberOf);
    },
    async start(lot, token) {
      return listOf(await call(startScript, lot, token)).map((page) => startedOf(page, token));
    },
    async suspect({ ordinal, token }) {
      await redis.callBuffer('HSET', `${base}:suspect`, ordinal, token);
    },
    attempted: async ({ ordinal, token }, attempts) => (await call(attemptedScript, ordinal, token, attempts)) === 1,
    async claim({ ordinal, token }, bytesHash, ids) {
      const packed = packHashes([bytesHash ?? 0n, ...ids]);
      const hashes = Array.from({ length: ids.length + 1 }, (_, index) => packed.subarray(index * 8, index * 8 + 8));
      return claimedOf(listOf(await call(claimScript, ordinal, token, ...hashes)));
    },
    release: async ({ ordinal, token }) => (await call(releaseScript, ordinal, token)) === 1,
    async settle({ ordinal, token, extra }, outcome) {
      const args = [run, outcome.kind, ordinal, token, extra ? '1' : '0', packOutcome(outcome)];
      return (await call(settleScript, ...args)) === 1;
    },
    async lose(listing, error, counted) {
      const outcome = counted ? packOutcome({ kind: 'failed', source: name, pages: 1, error }) : '';
      await call(loseScript, run, listing, packError(error), outcome);
    },
    async refuse(error: SluiceError) {
      await call(refuseScript, packError(error));
    },
    async end({ signature }, outcomes) {
      const ended = (await call(endScript, run, signature, ...outcomes.map(packOutcome))) === 1;
      // Of many sources, those that are over take no room. Should this be cut off, it is done at the end of the run.
      if (ended) await forgetSource(redis, base);
      return ended;
    },
  };
}

function claimedOf([state, undecided, ids]: readonly Reply[]): Claimed {
  switch (textOf(state)) {
    case 'yours':
      return { state: 'yours' };
    case 'loop':
      return { state: 'loop', undecided: undecided === 1 };
    case 'duplicates':
      return {
        state: 'duplicates',
        undecided: undecided === 1,
        ids: unpackHashes(bytesOf(ids) ?? Buffer.alloc(0)),
      };
    default:
      return { state: 'stale' };
  }
}

function leftOf([status, open, inWork, waiting, begun]: readonly Reply[]): Left {
  return {
    status: textOf(status) as SourceStanding['status'],
    open: numberOf(open),
    inWork: numberOf(inWork),
    waiting: numberOf(waiting),
    begun: begun === 1,
  };
}
