import { strictest, windowsOf } from '../rate-limits.ts';
import type { ConfigIssue } from './issues.ts';
import type { SourceDraft } from './resolve-sources.ts';
import type { ResolvedSource } from './resolved.ts';
import type { ParsedSource } from './schema.ts';

/**
 * Gives all sources of a group the same limit: every window that one of them declares, the lowest number where two are
 * as long, and the largest margin.
 */
export function shareLimits(sources: readonly ResolvedSource[]): readonly ResolvedSource[] {
  return sources.map((source) => {
    if (source.limitGroup === undefined) return source;
    const sharing = sources.filter(({ limitGroup }) => limitGroup === source.limitGroup);
    return {
      ...source,
      rateLimits: strictest(sharing.map(({ rateLimits }) => rateLimits)),
      rateLimitMarginMs: Math.max(...sharing.map(({ rateLimitMarginMs }) => rateLimitMarginMs)),
    };
  });
}

/**
 * Finds plugins of one group that contradict each other: they say different numbers for the same window, and it is one
 * API that they speak of. Where the config says the limit of one, it is known which counts, and the stricter does.
 */
export function limitConflicts(
  drafts: readonly SourceDraft[],
  entries: readonly ParsedSource[],
): readonly ConfigIssue[] {
  const declared = drafts.flatMap(({ index, name, plugin }) => {
    const entry = entries[index];
    const group = entry?.limitGroup ?? plugin.limitGroup;
    if (group === undefined || entry?.rateLimit !== undefined) return [];
    return windowsOf(plugin.rateLimit).map(({ requests, perMs }) => ({ index, name, group, requests, perMs }));
  });
  return declared.flatMap((later, place) => {
    const other = declared
      .slice(0, place)
      .find(
        ({ group, perMs, requests }) => group === later.group && perMs === later.perMs && requests !== later.requests,
      );
    return other === undefined ? [] : [conflict(later, other)];
  });
}

interface Declared {
  readonly index: number;
  readonly name: string;
  readonly group: string;
  readonly requests: number;
  readonly perMs: number;
}

function conflict({ index, name, group, requests, perMs }: Declared, other: Declared): ConfigIssue {
  const says = `"${name}" says ${requests} requests per ${perMs} ms, "${other.name}" says ${other.requests}`;
  return {
    code: 'config_invalid',
    path: `sources[${index}].rateLimit`,
    problem: `sources of the group "${group}" share a limit and contradict each other: ${says}`,
    hints: ['say here which is right, or take one of them out of the group by a limitGroup of its own'],
  };
}
