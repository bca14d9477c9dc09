import type { ChildOf, ChildResource } from '../contracts/child.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import { SluiceError } from '../errors.ts';

/** What a page belongs to, as its processing sees it: a source, or one parent's part of a dependent resource. */
export type Resource = Pick<SourcePlugin, 'items' | 'raw' | 'normalizer' | 'pagination' | 'children'>;

/** The resource of a page. Throws `plugin_invalid` for one that the source does not declare, and what its pager throws. */
export function resourceOf(source: SourcePlugin, child: ChildOf | undefined): Resource {
  if (child === undefined) return source;
  const declared = childNamed(source, child.name);
  return {
    ...(declared.items && { items: (body) => declared.items?.(body) }),
    normalizer: declared.normalizer,
    pagination: declared.pagination(child.parent),
  };
}

/** Throws `plugin_invalid` where there is none. */
function childNamed(source: SourcePlugin, name: string): ChildResource {
  const found = source.children?.find((child) => child.name === name);
  if (found !== undefined) return found;
  throw new SluiceError('plugin_invalid', `the source ${source.name} has no dependent resource "${name}"`);
}
