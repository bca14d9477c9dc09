import { isDeepStrictEqual } from 'node:util';
import type { ChildResource } from '../../contracts/child.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { FetchedPage } from '../../contracts/page.ts';
import type { SourcePlugin } from '../../contracts/source.ts';
import { readItems } from '../../processing/read-items.ts';
import type { NormalizerCheck } from '../normalizer-checks.ts';
import { type Problems, shown } from '../problems.ts';
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
  /** What came, once it has run: its own items, and those that hang from each of them. */
  readonly listings: readonly WatchedListing[];
  /** Asks all pagers about their pages again; see `WatchedPager`. */
  askAgain(): void;
}

/** The listing of one parent. */
interface Hanging {
  readonly child: ChildResource;
  readonly parent: JsonObject;
  readonly watched: WatchedPager;
}

/** Wraps a source. */
export function watchSource(plugin: SourcePlugin, problems: Problems): WatchedSource {
  const own = watchPager(plugin.pagination, problems);
  const hanging: Hanging[] = [];
  const { normalizer, raw, name, children } = plugin;

  function watchChild(child: ChildResource): ChildResource {
    return {
      ...child,
      pagination(parent) {
        const pager = child.pagination(parent);
        if (!isDeepStrictEqual(pager.first(), child.pagination(parent).first()))
          problems.add(
            `pagination(parent) of the child "${child.name}" is not pure: it begins elsewhere when it is made again for ${shown(parent)}`,
          );
        const watched = watchPager(pager, problems);
        hanging.push({ child, parent, watched });
        return watched.pager;
      },
    };
  }

  return {
    plugin: {
      ...plugin,
      pagination: own.pager,
      ...(children !== undefined && { children: children.map(watchChild) }),
    },
    own,
    get listings() {
      const ofItems = hanging.map(({ child, parent, watched }) => ({
        normalizer: child.normalizer,
        source: name,
        child: { name: child.name, parent },
        items: itemsOf(watched.pages, child),
      }));
      return [{ normalizer, raw, source: name, items: itemsOf(own.pages, plugin) }, ...ofItems];
    },
    askAgain() {
      own.askAgain();
      for (const { watched } of hanging) watched.askAgain();
    },
  };
}

function itemsOf(pages: readonly FetchedPage[], resource: Pick<SourcePlugin, 'items'>): readonly unknown[] {
  return pages.flatMap((page) => {
    try {
      const items = readItems(page.json(), resource);
      return 'ok' in items ? [] : items;
    } catch {
      // It could not be read, which the run has told.
      return [];
    }
  });
}
