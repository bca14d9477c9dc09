import type { ResolvedSource } from '../config/resolved.ts';
import type { CursorValue, Incremental } from '../contracts/incremental.ts';
import type { FetchedPage, PageRequest } from '../contracts/page.ts';
import type { SourceAdapter } from '../contracts/pager.ts';
import { pageRequest } from '../pagination/page-request.ts';
import { askedCursor } from './cursor.ts';
import type { Cursors } from './cursor-files.ts';

/**
 * A listing that asks only for what has changed since `cursor`: the same pager, all of whose requests carry it. They are
 * what the journal keeps, so that a later life of the run goes on with the cursor that it began with.
 */
export function sincePager(pager: SourceAdapter, incremental: Incremental, cursor: CursorValue): SourceAdapter {
  const { param } = incremental;
  const mark = (request: PageRequest): PageRequest =>
    typeof param === 'function' ? param(request, cursor) : withParameter(request, param, cursor);
  // Derived, not spread: a pager may be an instance of a class.
  return Object.assign(Object.create(pager) as SourceAdapter, {
    first: () => pager.first().map(mark),
    next: (page: FetchedPage) => pager.next(page).map(mark),
    ...('ahead' in pager && { ahead: (request: PageRequest) => (pager.ahead?.(request) ?? []).map(mark) }),
    ...('following' in pager && {
      following(request: PageRequest) {
        const next = pager.following?.(request);
        return next === undefined ? undefined : mark(next);
      },
    }),
  });
}

/** The sources as a run asks them that goes on from `cursors`; where none is kept, from their own start, if any. */
export function sourcesSince(sources: readonly ResolvedSource[], cursors: Cursors): readonly ResolvedSource[] {
  return sources.map((source) => {
    const { incremental, pagination } = source.plugin;
    const kept = cursors[source.name];
    const cursor =
      kept === undefined || incremental === undefined ? incremental?.start : askedCursor(kept, incremental);
    if (incremental === undefined || cursor === undefined) return source;
    return { ...source, plugin: { ...source.plugin, pagination: sincePager(pagination, incremental, cursor) } };
  });
}

function withParameter(request: PageRequest, param: string, cursor: CursorValue): PageRequest {
  const { url, method, headers, body, state } = request;
  return pageRequest({
    path: url,
    query: { [param]: cursor },
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
    ...(state !== undefined && { state }),
  });
}
