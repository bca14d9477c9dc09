import type { FetchedPage } from '../../contracts/page.ts';
import type { SourcePlugin } from '../../contracts/source.ts';
import { readItems } from '../../processing/read-items.ts';
import type { NormalizerCheck } from '../normalizer-checks.ts';
import type { Problems } from '../problems.ts';
import { type WatchedPager, watchPager } from './watched-pager.ts';

/** What a listing of a source has brought, and the normalizer of its items. */
export interface WatchedListing extends Omit<NormalizerCheck, 'seed'> {
  readonly normalizer: SourcePlugin['normalizer'];
}

/** A source whose pagers are watched while it runs. */
export interface WatchedSource {
  readonly plugin: SourcePlugin;
  /** The pager of its own listing. */
  readonly own: WatchedPager;
  /** What came, once it has run. */
  readonly listings: readonly WatchedListing[];
  /** Asks all pagers about their pages again; see `WatchedPager`. */
  askAgain(): void;
}

/** Wraps a source. */
export function watchSource(plugin: SourcePlugin, problems: Problems): WatchedSource {
  const own = watchPager(plugin.pagination, problems);
  const { normalizer, raw, name } = plugin;
  return {
    plugin: { ...plugin, pagination: own.pager },
    own,
    get listings() {
      return [{ normalizer, raw, source: name, items: itemsOf(own.pages, plugin) }];
    },
    askAgain: () => own.askAgain(),
  };
}

function itemsOf(pages: readonly FetchedPage[], plugin: SourcePlugin): readonly unknown[] {
  return pages.flatMap((page) => {
    try {
      const items = readItems(page.json(), plugin);
      return 'ok' in items ? [] : items;
    } catch {
      // It could not be read, which the run has told.
      return [];
    }
  });
}
