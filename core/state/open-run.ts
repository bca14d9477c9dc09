import { basename } from 'node:path';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Clock } from '../contracts/clock.ts';
import type { RunJournal } from '../contracts/journal.ts';
import type { Logger } from '../contracts/logger.ts';
import type { SluiceError } from '../errors.ts';
import { type Cursors, readCursors, writeCursors } from '../incremental/cursor-files.ts';
import { messageOf } from '../processing/message-of.ts';
import { createHasher } from '../processing/hash.ts';
import { createHashKey } from '../processing/hash-key.ts';
import { cleanText, createRedactor } from '../redact.ts';
import { changeTexts } from './change-texts.ts';
import { chooseRun, type ResumeRequest } from './choose-run.ts';
import { createDeadLetters, noLetters } from './dead-letters.ts';
import type { Disk } from './disk.ts';
import { takeFingerprint } from './fingerprint.ts';
import { createJournal } from './journal.ts';
import { createLetterContent } from './letter-content.ts';
import { journalVersion, type RunLine } from './lines.ts';
import { openLineLog } from './line-log.ts';
import { takeLock } from './lock.ts';
import { pruneRuns } from './prune.ts';
import { requestVault } from './request-vault.ts';
import { createRunId } from './run-id.ts';
import { writeRunRecord } from './run-record-file.ts';
import { journalFile, letterFile, listRunIds, runFolder } from './run-folders.ts';
import { takeUp } from './take-up.ts';
import { createVault } from './vault.ts';

export interface OpenRunOptions {
  readonly config: ResolvedConfig;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Which run to take up. Default: none, a new one begins. */
  readonly resume?: ResumeRequest | undefined;
  /** Asks for everything, whatever earlier runs have read. Default false. No effect on a run that is taken up. */
  readonly fullRefresh?: boolean | undefined;
  /** Key of the hashes of a new run, 64 bits. Default: a random one. One that is taken up has the key that it began with. */
  readonly hashKey?: bigint | undefined;
  /** Told what a user has to know: why a run was not taken up, that the journal can't be written. */
  readonly logger: Logger;
}

/** A run whose state is at hand. */
export interface OpenedRun {
  readonly journal: RunJournal;
  /** Key of the run's hashes, 64 bits: the same in all its lives. */
  readonly hashKey: bigint;
  /** What the sources are asked since. */
  readonly since: Cursors;
  /** Nothing that earlier runs have kept is asked by. */
  readonly anew: boolean;
}

/**
 * Takes the state folder for this process, and begins a run in it or takes one up. Throws `state_locked`,
 * `state_failed`, `journal_corrupt`, `run_not_found`, or `run_not_resumable` with the reason.
 */
export async function openRun(options: OpenRunOptions): Promise<OpenedRun> {
  const { config } = options;
  if (config.state === undefined) throw new TypeError('no state folder is configured');
  const lock = await takeLock(config.state.dir);
  try {
    return await openLocked(options, config.state, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openLocked(
  { config, disk, clock, resume, fullRefresh = false, hashKey: newKey, logger }: OpenRunOptions,
  state: NonNullable<ResolvedConfig['state']>,
  release: () => Promise<void>,
): Promise<OpenedRun> {
  const redact = createRedactor(config.secrets);
  const clean = (text: string): string => cleanText(redact(text));
  const warn = (text: string): void => logger.warn(text);
  const vault = createVault(config.references.secrets, config.references.env);
  const { fingerprint, versions } = await takeFingerprint(config, redact);
  const chosen = resume === undefined ? undefined : await chooseRun({ disk, state, fingerprint, resume, warn });
  const runId = chosen?.run.id ?? createRunId(clock.date(), (await listRunIds(disk, state.dir))[0]);
  const folder = runFolder(state.dir, runId);
  await disk.makeFolder(folder);
  await pruneRuns({ config, disk, stateDir: state.dir, keepRuns: state.keepRuns, runId, logger });

  const read = chosen === undefined && !fullRefresh ? await readCursors(disk, state.dir, config.sources, warn) : {};
  const run =
    chosen?.run ?? newRun(runId, config, { fingerprint, since: read, hashKey: newKey ?? createHashKey() }, clock);
  const hashKey = BigInt(`0x${run.hashKey}`);
  const { text: hash } = await createHasher(hashKey);
  const baseUrls = new Map(config.sources.map(({ name, baseUrl }) => [name, baseUrl]));
  const taken =
    chosen === undefined
      ? undefined
      : await takeUp({ disk, folder, chosen, resume, clock, fingerprint, vault, baseUrls, hash });

  const told = onceFor(warn);
  const file = await disk.append(letterFile(folder));
  const letters = taken?.letters ?? noLetters;
  // Somebody may have taken letters away: what is counted from here on has to be where the file ends.
  const position = { ...letters, bytes: Math.min(letters.bytes, file.size) };
  if (file.size > position.bytes) await file.truncate(position.bytes);
  const log = await openLineLog({ disk, path: journalFile(folder), clock, fsyncMs: state.fsyncMs, onFault: told });
  if (chosen === undefined) log.append({ ...run });
  const deadLetters = createDeadLetters({
    path: letterFile(folder),
    file,
    position,
    maxBytes: state.maxDeadLetterBytes,
    versions,
    clean,
    content: createLetterContent(config.secrets, vault),
    onFault: told,
  });
  const journal = createJournal({
    runId,
    log,
    deadLetters,
    clock,
    epoch: chosen?.cut ?? 0,
    earlier: taken?.earlier,
    restored: taken?.restored ?? new Map(),
    positions: new Map([...(chosen?.positions ?? [])].map(([name, at]) => [name, changeTexts(at, vault.show)])),
    hide: requestVault(vault).hide,
    hideText: vault.hide,
    clean,
    keepCursors: (seen) => writeCursors(disk, state.dir, config.sources, { seen, run, anew: fullRefresh }).catch(told),
    keepRecord: (record) => writeRunRecord(disk, folder, record).catch((error: unknown) => warn(messageOf(error))),
    tidy: async () => {
      if (taken?.retried !== undefined) await disk.remove(taken.retried);
    },
    release,
  });
  return { journal, hashKey, since: run.since ?? {}, anew: fullRefresh };
}

function newRun(
  id: string,
  config: ResolvedConfig,
  { fingerprint, since, hashKey }: Pick<RunLine, 'fingerprint'> & { readonly since: Cursors; readonly hashKey: bigint },
  clock: Clock,
): RunLine {
  return {
    type: 'run',
    version: journalVersion,
    id,
    at: clock.date(),
    hashKey: hashKey.toString(16).padStart(16, '0'),
    config: config.file === undefined ? null : basename(config.file),
    sources: config.sources.map(({ name }) => name),
    sinks: config.sinks.map(({ name }) => name),
    fingerprint,
    ...(Object.keys(since).length > 0 && { since }),
  };
}

/** A disk that is full fails again and again: it is told once. */
function onceFor(warn: (text: string) => void): (error: SluiceError) => void {
  let told = false;
  return (error) => {
    if (!told) warn(`${error.message}; the run goes on, and can't be taken up again from here`);
    told = true;
  };
}
