import type { RunReport } from '../../contracts/report.ts';
import type { SourcePlugin } from '../../contracts/source.ts';
import { counted, type Problems } from '../problems.ts';
import type { TestUpstream } from '../upstream.ts';
import type { Life } from './life.ts';
import { mostInWindow } from './window.ts';

/** Every error of an undisturbed run is one of the plugin, or of the pages. */
export function judgeReport(report: RunReport, { origin }: TestUpstream, rejects: number, problems: Problems): void {
  const { errors, monitoring } = report;
  for (const { error, message, endpoint, count, reason, field } of errors) {
    if (error === 'invalid_record') {
      if (rejects > 0) continue;
      const why = [reason, field].filter((part) => part !== undefined).join(', ');
      // Who asks first is chance, so a list of pages can't say which answer is whose.
      const hint = reason === 'enrichment_failed' ? '; what an enricher asks for has to be in a recording' : '';
      problems.add(`${counted(count, 'item')} became no record (${why}): ${message}${hint}`);
    } else if (error === 'replay_miss') {
      problems.add(`${message} in ${origin}: the last page has to end the listing`);
    } else if (error === 'pagination_loop') problems.add(`its pagination loops: ${message}`);
    else problems.add(`${endpoint} ends with ${error}: ${message}`);
  }
  for (const { items } of Object.values(monitoring.sources)) {
    if (items.read === 0) problems.add('none of the pages holds an item: give pages with items, or look at items()');
    if (items.duplicates > 0)
      problems.add(`${counted(items.duplicates, 'item')} came with the id of another item: an id is one item's alone`);
    if (rejects > 0 && items.rejected !== rejects)
      problems.add(`${counted(items.rejected, 'item')} became no record, where ${rejects} are meant to`);
  }
}

/** Holds the requests that went out against the declared limits: the source's, and those of children that have their own. */
export function checkWindows(plugin: SourcePlugin, life: Life | undefined, problems: Problems): void {
  const own = (plugin.children ?? []).flatMap(({ rateLimit }) => (rateLimit === undefined ? [] : [rateLimit]));
  // In the order in which the run makes a way to the upstream for each.
  for (const [way, limits] of [plugin.rateLimit, ...own].entries()) {
    const sends = (life?.sends ?? []).filter((send) => send.way === way);
    for (const { requests, perMs } of [limits].flat()) {
      const most = mostInWindow(sends, perMs);
      if (most > requests)
        problems.add(`requests took ${most} places within ${perMs} ms, where ${requests} are declared`);
    }
  }
}
