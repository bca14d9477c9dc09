import { isDeepStrictEqual } from 'node:util';
import type { Batch } from '../../contracts/batch.ts';
import { notPlainJson } from '../plain-json.ts';
import { counted, type Problems, shown, wordsOf } from '../problems.ts';
import { halfFile } from './output.ts';
import { reportOf, type Stage } from './stage.ts';
import { runTrial, type Trial, wordsOfTrial, writePages } from './trial.ts';

/** What the checks of a sink work with. */
export interface SinkTools {
  readonly stage: Stage;
  /** What readers see; undefined where there is nothing. */
  readonly read: (folder: string) => Promise<unknown>;
  readonly reset: () => Promise<void>;
  readonly problems: Problems;
}

/** What readers are to see in the end. */
export interface Expected {
  readonly output: unknown;
  readonly atLeastOnce: boolean;
}

/** A life that nothing disturbs; returns what readers see after it. */
export async function checkWholeLife({ stage, read, reset, problems }: SinkTools): Promise<unknown> {
  const { plugin, pages } = stage;
  await reset();
  const folder = await stage.folder();
  const nothing = await read(folder);
  const writer = await stage.open(folder);
  const before = pages.map(contentOf);
  const positions = await writePages(stage, writer, 0, pages.length);
  for (const position of positions) {
    const strange = position === undefined ? 'it is undefined' : notPlainJson(position, 'position');
    if (strange !== undefined) problems.add(`commit() must return a position of plain JSON: ${strange}`);
  }
  if (!isDeepStrictEqual(pages.map(contentOf), before))
    problems.add('write() changes the batch that it is given: other sinks are given the same one');
  if (plugin.delivers === 'on-close' && !isDeepStrictEqual(await read(folder), nothing))
    problems.add('it says delivers: "on-close", and readers see records before its close()');
  await stage.timed('close', () => writer.close(reportOf(51)));
  const half = await halfFile(folder);
  if (half !== undefined) problems.add(`after its close(), ${half}`);
  const output = await read(folder);
  checkWhole(stage, output, nothing, problems);

  await reset();
  const without = await stage.open(await stage.folder());
  await stage.timed('commit', () => without.commit());
  await stage.timed('close', () => without.close(reportOf(0)));
  return output;
}

function contentOf(page: Batch): object {
  return { bytes: Uint8Array.from(page.ndjson), records: JSON.stringify(page.records()) };
}

function checkWhole({ pages }: Stage, output: unknown, nothing: unknown, problems: Problems): void {
  const ids = pages.flatMap((page) => page.records().map(({ id }) => id));
  if (isDeepStrictEqual(output, nothing)) {
    problems.add('after its close(), readers see nothing: give `read`, which returns what they see');
  } else if (isTextList(output)) {
    const lost = ids.filter((id) => !output.includes(id));
    const twice = output.filter((id, index) => output.indexOf(id) !== index);
    if (lost.length > 0)
      problems.add(`after its close(), it lacks ${counted(lost.length, 'record')}, such as ${shown(lost[0])}`);
    if (twice.length > 0)
      problems.add(`after its close(), it shows ${counted(twice.length, 'record')} twice, such as ${shown(twice[0])}`);
  }
}

/** Writes as many pages at once as the sink says that it takes. */
export async function checkConcurrentWrites(
  { stage, read, reset, problems }: SinkTools,
  wanted: unknown,
): Promise<void> {
  const { plugin, pages } = stage;
  const { concurrency = 1 } = plugin;
  if (concurrency === 1) return;
  await reset();
  const folder = await stage.folder();
  const writer = await stage.open(folder);
  for (let from = 0; from < pages.length; from += concurrency) {
    const together = pages.slice(from, from + concurrency);
    await Promise.all(together.map((page) => stage.timed('write', () => writer.write(page))));
    await stage.timed('commit', () => writer.commit());
  }
  await stage.timed('close', () => writer.close(reportOf(51)));
  const output = await read(folder);
  const sorted = (value: unknown): unknown => (isTextList(value) ? value.toSorted() : value);
  if (!isDeepStrictEqual(sorted(output), sorted(wanted)))
    problems.add(
      `it says concurrency: ${concurrency}, and with as many writes at once readers see ${shown(output)} instead of ${shown(wanted)}`,
    );
}

/** Kills the sink at many places, goes on from many positions, and holds the end of each against the undisturbed life. */
export async function checkResumes(tools: SinkTools, expected: Expected): Promise<void> {
  const last = tools.stage.pages.length;
  const trials: Trial[] = [];
  for (let committed = 0; committed <= last; committed++) {
    trials.push({ committed, moment: 'idle', resumeAt: committed });
    if (committed < last) {
      trials.push({ committed, moment: 'written', resumeAt: committed });
      trials.push({ committed, moment: 'writing', resumeAt: committed });
    }
    trials.push({ committed: last, moment: 'idle', resumeAt: committed });
    trials.push({ committed: last, moment: 'closed', resumeAt: committed });
  }
  for (const trial of trials) await checkTrial(trial, tools, expected);
}

async function checkTrial(
  trial: Trial,
  { stage, read, reset, problems }: SinkTools,
  expected: Expected,
): Promise<void> {
  const when = wordsOfTrial(trial);
  let output: unknown;
  try {
    await reset();
    output = await read(await runTrial(stage, trial));
  } catch (thrown) {
    problems.add(`${when}, it fails: ${wordsOf(thrown)}`);
    return;
  }
  const { output: wanted, atLeastOnce } = expected;
  if (!isTextList(output) || !isTextList(wanted)) {
    if (!atLeastOnce && !isDeepStrictEqual(output, wanted))
      problems.add(`${when}, its output is ${shown(output)} in the end, and ${shown(wanted)} without a kill`);
    return;
  }
  const found = new Set(output);
  const lost = wanted.filter((id) => !found.has(id));
  if (lost.length > 0) {
    const why =
      trial.resumeAt === trial.committed
        ? 'commit() must not return before what was written would survive, and open() must keep all before the position'
        : 'open() must keep all that was written before the position';
    problems.add(
      `${when}, it has lost ${counted(lost.length, 'record')} of ${wanted.length}, such as ${shown(lost[0])}: ${why}`,
    );
  }
  const twice = output.length - found.size;
  if (twice > 0 && !atLeastOnce) {
    const example = output.find((id, index) => output.indexOf(id) !== index);
    problems.add(
      `${when}, it shows ${counted(twice, 'record')} twice, such as ${shown(example)}: what was written behind the position must be gone, or do no harm when it comes again`,
    );
  }
}

export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
