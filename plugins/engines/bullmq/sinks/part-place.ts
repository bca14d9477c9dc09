import { join, resolve } from 'node:path';
import { type ResolvedConfig, type ResolvedSink, startOfRun } from '../../../../core/engine.ts';

/** A run, and what of its config tells where its parts are. */
export interface PartsOfRun {
  readonly config: Pick<ResolvedConfig, 'baseDir' | 'sources'>;
  /** The engine's own option. */
  readonly parts: string;
  readonly runId: string;
}

/** Where the parts of one sink are. */
export interface PartPlace {
  /**
   * The file in whose place the parts of a source stand; undefined where they only wait for the one file that the
   * coordinator puts together.
   */
  target(source: string): string | undefined;
  /** All such files; none for a sink that is put together. */
  readonly targets: readonly string[];
  /** All folders in which there are parts. */
  readonly folders: readonly string[];
  /** The file of one session's records of one source. */
  file(session: string, source: string): string;
  /** Says in a folder that the coordinator of the run sees it. */
  marker(folder: string): string;
}

/** Where records of a run wait until they are put together. */
export function waitingFolder({
  config,
  parts,
  runId,
}: Pick<PartsOfRun, 'parts' | 'runId'> & { readonly config: Pick<ResolvedConfig, 'baseDir'> }): string {
  return join(resolve(config.baseDir, parts), runId);
}

/** Where the parts of all sinks are that have some, by their names. */
export function partPlaces(sinks: readonly ResolvedSink[], run: PartsOfRun): ReadonlyMap<string, PartPlace> {
  return new Map(
    sinks.flatMap((sink) => {
      const place = partPlace(sink, run);
      return place === undefined ? [] : [[sink.name, place] as const];
    }),
  );
}

/** Where the parts of a sink are, on every machine; undefined for a sink that has none. */
export function partPlace(sink: ResolvedSink, run: PartsOfRun): PartPlace | undefined {
  const { distributed } = sink.plugin;
  if (distributed === undefined || distributed === 'direct') return undefined;
  const { config, runId } = run;
  const { baseDir, sources } = config;
  const takes = sink.route?.sources ?? sources.map(({ name }) => name);
  const context = { baseDir, takes, startedAt: startOfRun(runId) };
  const targets = distributed === 'assembled' ? undefined : distributed.parts(context, sink.options);
  const own = join(waitingFolder(run), sink.name);
  const folderOf = (source: string): string => {
    const target = targets?.get(source);
    return target === undefined ? own : `${target}.parts`;
  };
  return {
    target: (source) => targets?.get(source),
    targets: [...new Set(targets?.values())],
    folders: [...new Set(takes.map(folderOf))],
    file: (session, source) => join(folderOf(source), `${runId}.${session}.${source}.ndjson`),
    marker: (folder) => join(folder, `.${runId}`),
  };
}
