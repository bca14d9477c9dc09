import { isAbsolute } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shown } from '../problems.ts';
import { isTextList, type SinkTools } from './life-checks.ts';
import { reportOf, type Stage } from './stage.ts';

/** Holds a sink to what it says of several processes that write to it. */
export async function checkDistributed(tools: SinkTools, wanted: unknown): Promise<void> {
  const { distributed } = tools.stage.plugin;
  if (distributed === 'direct') await checkDirect(tools, wanted);
  else if (typeof distributed === 'object') checkParts(tools, distributed);
}

/**
 * As a run on several machines does it: a coordinator opens the sink and writes nothing, workers write at once, a page that one
 * of them did not get acknowledged comes again from another, and each lets go by `abort`.
 */
async function checkDirect({ stage, read, reset, problems }: SinkTools, wanted: unknown): Promise<void> {
  await reset();
  const folder = await stage.folder();
  const { pages } = stage;
  const coordinator = await stage.open(folder);
  const workers = await Promise.all([stage.open(folder), stage.open(folder)]);
  await Promise.all(
    workers.map(async (worker, own) => {
      for (const [index, page] of pages.entries()) {
        // Both have the last page: one of them was taken for dead.
        if (index % workers.length !== own && index !== pages.length - 1) continue;
        await stage.timed('write', () => worker.write(page));
        await stage.timed('commit', () => worker.commit());
      }
      await stage.timed('abort', () => worker.abort());
    }),
  );
  await stage.timed('close', () => coordinator.close(reportOf(51)));
  const output = await read(folder);
  const sorted = (value: unknown): unknown => (isTextList(value) ? value.toSorted() : value);
  if (!isDeepStrictEqual(sorted(output), sorted(wanted)))
    problems.add(
      `it says distributed: "direct", and where two processes have written readers see ${shown(output)} instead of ${shown(wanted)}`,
    );
}

function checkParts(
  { stage, problems }: SinkTools,
  distributed: Exclude<NonNullable<Stage['plugin']['distributed']>, string>,
): void {
  const { baseDir, takes, startedAt } = stage.context('/somewhere');
  const ask = (): ReadonlyMap<string, string> | undefined =>
    distributed.parts({ baseDir, takes, startedAt }, stage.options);
  const told = ask();
  if (!isDeepStrictEqual(told, ask()))
    problems.add('distributed.parts() must say the same each time: every machine asks it');
  const wrong = told && takes.find((source) => !isAbsolute(told.get(source) ?? ''));
  if (wrong !== undefined)
    problems.add(
      `distributed.parts() must give an absolute path for each source, and gives ${shown(told?.get(wrong))}`,
    );
}
