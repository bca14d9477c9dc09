import type { z } from 'zod';
import type { Model } from '../contracts/model.ts';
import type { SinkRoute } from '../contracts/sink-route.ts';
import { type ConfigIssue, notKnown, pathText } from './issues.ts';
import type { SinkDraft } from './resolve-sinks.ts';
import type { configSchema } from './schema.ts';

type ParsedSink = z.output<typeof configSchema>['sinks'][number];

/** Sinks with their routes, those left out that would be given nothing, and what is wrong. */
export interface RoutedSinks {
  readonly sinks: readonly { readonly draft: SinkDraft; readonly entry: ParsedSink; readonly route?: SinkRoute }[];
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly string[];
}

export interface RouteOptions {
  readonly drafts: readonly SinkDraft[];
  /** As the schema returned them; a draft's index is its place here. */
  readonly entries: readonly ParsedSink[];
  /** Names of all sources of the config. */
  readonly known: readonly string[];
  /** Names of those that this run asks. */
  readonly running: readonly string[];
  readonly model: Model | undefined;
  /** The sinks were named one by one: then none is left out without an error. */
  readonly named: boolean;
}

/**
 * Decides what each sink is given. One that takes none of the sources of this run is left out: it would put an empty file
 * in the place of what is there.
 */
export function routeSinks({ drafts, entries, known, running, model, named }: RouteOptions): RoutedSinks {
  const issues: ConfigIssue[] = [];
  const warnings: string[] = [];
  const sinks: RoutedSinks['sinks'][number][] = [];
  for (const draft of drafts) {
    const entry = entries[draft.index];
    if (entry === undefined) continue;
    issues.push(...wrongNames(entry, draft.index, known, model));
    const { filter } = entry;
    const sources = entry.sources && running.filter((name) => entry.sources?.includes(name));
    if (sources?.length === 0) warnings.push(`the sink "${draft.name}" takes none of the sources of this run`);
    else sinks.push({ draft, entry, ...((sources ?? filter) !== undefined && { route: { sources, filter } }) });
  }
  if (warnings.length > 0 && (named || sinks.length === 0) && running.length > 0) {
    const hints = ['name a source that it takes with --source, or change its "sources"'];
    const wrong = warnings.map((problem): ConfigIssue => ({ code: 'config_invalid', path: 'sinks', problem, hints }));
    return { sinks, issues: issues.length > 0 ? issues : wrong, warnings: [] };
  }
  return { sinks, issues, warnings: warnings.map((warning) => `${warning}, and is left out`) };
}

/** Sources that the config does not have, and fields that no record has. */
function wrongNames(
  { sources = [], filter }: ParsedSink,
  index: number,
  known: readonly string[],
  model: Model | undefined,
): readonly ConfigIssue[] {
  const wrong = sources.flatMap((name, place) =>
    known.includes(name) ? [] : [notKnown(pathText(['sinks', index, 'sources', place]), 'source', name, known)],
  );
  if (typeof filter !== 'object' || model?.fields === undefined) return wrong;
  const fields = ['id', 'source', 'source_id', ...model.fields, 'processed_at'];
  const others = Object.keys(filter).filter((field) => !fields.includes(field));
  return [
    ...wrong,
    ...others.map((field) => notKnown(pathText(['sinks', index, 'filter', field]), 'field', field, fields)),
  ];
}
