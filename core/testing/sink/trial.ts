import type { SinkPosition, SinkWriter } from '../../contracts/sink.ts';
import { reportOf, type Stage } from './stage.ts';

/** What was under way when the process was killed. */
export type Moment =
  /** Nothing: the last commit had just returned. */
  | 'idle'
  /** A page was written and not committed. */
  | 'written'
  /** A page was being written. */
  | 'writing'
  /** The sink had been closed, and the run did not get to note it. */
  | 'closed';

/** A life that is killed, and how the next one begins. */
export interface Trial {
  /** Pages written and committed. */
  readonly committed: number;
  readonly moment: Moment;
  /** Pages up to whose position the next life goes back. */
  readonly resumeAt: number;
}

/** The trial in words, for the sentence that tells what is wrong. */
export function wordsOfTrial({ committed, moment, resumeAt }: Trial): string {
  const when = {
    idle: `killed when ${pages(committed)} committed`,
    written: `killed when ${pages(committed)} committed and another one was written`,
    writing: `killed when ${pages(committed)} committed and another one was being written`,
    closed: 'killed right after its close',
  };
  const place = resumeAt === 0 ? 'its beginning' : `the commit behind page ${resumeAt}`;
  return `${when[moment]}, and opened again at the position of ${resumeAt === committed ? 'the last commit' : place}`;
}

function pages(count: number): string {
  if (count === 0) return 'no page was';
  return count === 1 ? 'one page was' : `${count} pages were`;
}

/** Runs both lives; returns the folder that the second one has left. */
export async function runTrial(stage: Stage, { committed, moment, resumeAt }: Trial): Promise<string> {
  const folder = await stage.folder();
  const writer = await stage.open(folder);
  const positions = await writePages(stage, writer, 0, committed);
  const next = stage.pages[committed];
  let writing: Promise<unknown> = Promise.resolve();
  if (next !== undefined && moment === 'written') await stage.timed('write', () => writer.write(next));
  if (next !== undefined && moment === 'writing')
    writing = stage.timed('write', () => writer.write(next)).catch(() => undefined);
  if (moment === 'closed') await stage.timed('close', () => writer.close(reportOf(51)));
  const found = await stage.afterKill(folder, writer);
  await writing;

  const again = await stage.open(found, positions[resumeAt]);
  await writePages(stage, again, resumeAt, stage.pages.length);
  await stage.timed('close', () => again.close(reportOf(51)));
  return found;
}

/** Writes pages with a commit behind each, as a run does; returns the position behind each, and that before the first. */
export async function writePages(
  stage: Stage,
  writer: SinkWriter,
  from: number,
  to: number,
): Promise<readonly SinkPosition[]> {
  const positions = [await stage.timed('commit', () => writer.commit())];
  for (const page of stage.pages.slice(from, to)) {
    await stage.timed('write', () => writer.write(page));
    positions.push(await stage.timed('commit', () => writer.commit()));
  }
  return positions;
}
