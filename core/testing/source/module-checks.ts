import type { SourcePlugin } from '../../contracts/source.ts';
import { moduleOf } from '../../normalizing/flat-steps.ts';
import { loadSource } from '../../registry/load-located.ts';
import { property } from '../../unknown.ts';
import { type Problems, wordsOf } from '../problems.ts';
import type { WatchedPager } from './watched-pager.ts';

/**
 * Loads the source again from where its normalizer says that it stands, as a worker thread does, and asks that copy about
 * the pages too: it has not seen any of them. A source that does not say so is found by its config.
 */
export async function checkModule(plugin: SourcePlugin, watched: WatchedPager, problems: Problems): Promise<void> {
  const module = moduleOf(plugin.normalizer) ?? property(plugin.normalizer, 'module');
  if (module === undefined) return;
  if (typeof module !== 'string' || !module.startsWith('file:')) {
    return problems.add('normalizer.module must be import.meta.url, so that a worker thread can load the source');
  }
  // Node gives the same copy again for the same URL; TypeScript has a loader of its own here.
  const url = /\.[cm]?ts$/.test(module) ? module : `${module}?fresh`;
  try {
    const copy = await loadSource({ kind: 'module', url }, plugin.name);
    if (copy.name === plugin.name) watched.askCopy(copy.pagination);
    else
      problems.add(
        `normalizer.module leads to the source "${copy.name}": it must be import.meta.url in the module whose default export is this one`,
      );
  } catch (thrown) {
    problems.add(`a worker thread can't load it from normalizer.module: ${wordsOf(thrown)}`);
  }
}
