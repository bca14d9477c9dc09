import { nodeDisk } from '../../../core/state/disk.ts';
import { journalLines, outlineJournal } from '../../../core/state/replay.ts';
import { journalFile, listRunIds, runFolder } from '../../../core/state/run-folders.ts';

/**
 * Pages that the newest run in a state folder has done, as its journal says: `<source> GET <url>`, the name under which
 * the upstreams know them. None where no run has begun after `finished`.
 */
export async function donePages(
  stateDir: string,
  baseUrls: Readonly<Record<string, string>>,
  finished: string | undefined,
): Promise<ReadonlySet<string>> {
  const done = new Set<string>();
  const [runId] = await listRunIds(nodeDisk, stateDir);
  const path = runId === undefined || runId === finished ? undefined : journalFile(runFolder(stateDir, runId));
  const outline = path === undefined ? undefined : await outlineJournal(nodeDisk, path).catch(missing);
  if (path === undefined || outline === undefined) return done;
  const added = new Map<string, string[]>();
  for await (const line of journalLines(nodeDisk, path)) {
    if (line.type !== 'epoch' || line.epoch > outline.cut) continue;
    for (const [source, epoch] of Object.entries(line.sources)) {
      const urls = added.get(source) ?? [];
      added.set(source, urls);
      for (const entry of epoch.added ?? []) urls.push('extra' in entry ? entry.extra.url : entry.url);
      for (const ordinal of epoch.done ?? []) {
        done.add(`${source} GET ${new URL(urls[ordinal] ?? '', baseUrls[source]).href}`);
      }
    }
  }
  return done;
}

/** A life was killed between making the run's folder and the first line of its journal. */
function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
