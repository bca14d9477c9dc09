import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { shown, wordsOf } from '../problems.ts';
import { isTextList, type SinkTools } from './life-checks.ts';
import { filesIn, halfFile } from './output.ts';
import { reportOf } from './stage.ts';
import { writePages } from './trial.ts';

/** Gives the sink up at several moments: readers must see what they saw before, or whole records, and no half of a file. */
export async function checkAbort(tools: SinkTools): Promise<void> {
  await abortAfter(tools, 'before anything was written', 0, 'nothing');
  await abortAfter(tools, 'after a commit', 2, 'nothing');
  await abortAfter(tools, 'after a write', 2, 'written');
  await abortAfter(tools, 'during a write', 2, 'writing');
  await abortOverOlder(tools);
  await checkNowhere(tools);
  await checkVanished(tools);
}

async function abortAfter(
  { stage, read, reset, problems }: SinkTools,
  when: string,
  committed: number,
  then: 'nothing' | 'written' | 'writing',
): Promise<void> {
  await reset();
  const folder = await stage.folder();
  const before = await read(folder);
  const writer = await stage.open(folder, undefined, { resumable: false });
  await writePages(stage, writer, 0, committed);
  const [page] = stage.pages.slice(committed);
  let writing: Promise<unknown> = Promise.resolve();
  if (page !== undefined && then !== 'nothing') {
    writing = stage.timed('write', () => writer.write(page)).catch(() => undefined);
    if (then === 'written') await writing;
  }
  await stage.timed('abort', () => writer.abort());
  await writing;
  const half = await halfFile(folder);
  if (half !== undefined) problems.add(`given up ${when}, ${half}`);
  const after = await read(folder);
  if (stage.plugin.delivers === 'on-close') {
    if (!isDeepStrictEqual(after, before))
      problems.add(`given up ${when}, it leaves records where readers look, though it says delivers: "on-close"`);
  } else if (isTextList(after)) {
    const twice = after.find((id, index) => after.indexOf(id) !== index);
    if (twice !== undefined) problems.add(`given up ${when}, it shows records twice, such as ${shown(twice)}`);
  }
}

/** What an earlier run has left for readers must stay when a later one fails. */
async function abortOverOlder({ stage, read, reset, problems }: SinkTools): Promise<void> {
  if (stage.plugin.delivers !== 'on-close') return;
  await reset();
  const folder = await stage.folder();
  const older = await stage.open(folder);
  await writePages(stage, older, 0, 2);
  await stage.timed('close', () => older.close(reportOf(42)));
  const before = await read(folder);
  const later = await stage.open(folder, undefined, { runId: 'run2', resumable: false });
  await writePages(stage, later, 2, 3);
  await stage.timed('abort', () => later.abort());
  if (!isDeepStrictEqual(await read(folder), before))
    problems.add('given up, it takes away what an earlier run had left for readers');
}

/** Where nothing can be written, `open` has to say so. A sink that writes no files has nothing to say. */
async function checkNowhere({ stage, reset, problems }: SinkTools): Promise<void> {
  await reset();
  const folder = await stage.folder();
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const opened = await stage.open(file).catch(wordsOf);
  if (typeof opened !== 'string') await stage.timed('abort', () => opened.abort()).catch(() => undefined);
  else if (opened.includes('takes longer than')) problems.add(`where it can't write, ${opened}: it must reject`);
}

/** What is gone can't have been committed. Only what a sink has in its folder can be taken from it. */
async function checkVanished({ stage, reset, problems }: SinkTools): Promise<void> {
  await reset();
  const folder = await stage.folder();
  const writer = await stage.open(folder);
  await writePages(stage, writer, 0, 1);
  if ((await filesIn(folder)).length > 0) {
    await rm(folder, { recursive: true });
    const failed = await writePages(stage, writer, 1, 2).then(() => undefined, wordsOf);
    if (failed === undefined) problems.add('its files are removed while it writes, and commit() says that all is well');
  }
  await stage.timed('abort', () => writer.abort()).catch(() => undefined);
}

/** What an aborted run keeps for a resume goes when that will never come. */
export async function checkForget({ stage, reset, problems }: SinkTools): Promise<void> {
  await reset();
  const folder = await stage.folder();
  const writer = await stage.open(folder);
  await writePages(stage, writer, 0, 2);
  await stage.timed('abort', () => writer.abort());
  const kept = await filesIn(folder);
  const hidden = kept.filter((file) =>
    relative(folder, file)
      .split('/')
      .some((name) => name.startsWith('.')),
  );
  const { plugin, options } = stage;
  if (plugin.forget === undefined) {
    if (hidden.length > 0)
      problems.add(
        `given up, it keeps ${relative(folder, hidden[0] ?? '')} for a resume, and has no forget() that removes it when none comes`,
      );
    return;
  }
  const context = stage.context(folder);
  await stage.timed('forget', async () => plugin.forget?.(context, options));
  // Twice: it may be killed before the run is off the list.
  await stage.timed('forget', async () => plugin.forget?.(context, options));
  const left = (await filesIn(folder)).filter((file) => hidden.includes(file));
  if (left.length > 0) problems.add(`forget() leaves ${relative(folder, left[0] ?? '')} behind`);
}
