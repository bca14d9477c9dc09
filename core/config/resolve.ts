import { dirname, extname, resolve } from 'node:path';
import { createRedactor } from '../redact.ts';
import { createRegistry, type Registry } from '../registry/registry.ts';
import { type Environment, secretVariables } from '../secret-variables.ts';
import { isObject } from '../unknown.ts';
import { authSecrets } from './auth-secrets.ts';
import { explain, show } from './explain.ts';
import { interpolate } from './interpolate.ts';
import { configError, type ConfigIssue } from './issues.ts';
import { type ConfigContext, type Found, lookUp } from './look-up.ts';
import { resolveEngine } from './resolve-engine.ts';
import { resolveCategories } from './resolve-categories.ts';
import { draftHistory } from './resolve-history.ts';
import { resolveQuality } from './resolve-quality.ts';
import { resolveAuths } from './resolve-auth.ts';
import { routeSinks } from './resolve-routes.ts';
import { draftSinks, resolveSink, type SinkDraft } from './resolve-sinks.ts';
import {
  draftSources,
  middlewareConflicts,
  resolveSource,
  selectSources,
  type SourceDraft,
} from './resolve-sources.ts';
import { readableOf } from './read-only.ts';
import type { ResolvedConfig, ResolvedSource } from './resolved.ts';
import { configJsonSchema, configSchema } from './schema.ts';
import { limitConflicts, shareLimits } from './share-limits.ts';
import { fileConflicts } from './file-conflicts.ts';
import { sinkIssues } from './sink-issues.ts';
import { clearSecrets, collectSecrets } from './secrets.ts';

/** What a command line may change in a config. */
export interface ConfigOverrides {
  /** Runs only these of the config's sources. */
  readonly sources?: readonly string[] | undefined;
  /** Writes only to these: sinks of the config, or built-ins with their default options. */
  readonly sinks?: readonly string[] | undefined;
  readonly deadlineMs?: number | undefined;
}

export interface ResolveOptions {
  /** The file that the config comes from. Default: none. */
  readonly file?: string | undefined;
  /** Folder at which relative paths begin. Default: the file's, else the working directory. */
  readonly baseDir?: string | undefined;
  /** Default: the process's own. */
  readonly env?: Environment | undefined;
  readonly overrides?: ConfigOverrides | undefined;
  /** Whether no real upstream is asked: what an auth lacks of the environment gets a stand-in. Default false. */
  readonly mock?: boolean | undefined;
  /** Whether only what is kept of runs is looked at: what asking and writing need may be missing. Default false. */
  readonly readOnly?: boolean | undefined;
  /** Default: the one of the built-in plugins. */
  readonly registry?: Registry | undefined;
}

/**
 * Turns a config as its author wrote it into one with everything decided: environment, schema, plugins, options.
 * Throws one `config_invalid` that lists all that is wrong; see `configIssues`.
 */
export async function resolveConfig(input: unknown, options: ResolveOptions = {}): Promise<ResolvedConfig> {
  const { file, env = process.env, registry = createRegistry(), overrides = {} } = options;
  const where = file ?? 'the config';
  if (!isObject(input)) throw configError([notAnObject(input, file)], where);

  const { sources: wantedSources = [], sinks: wantedSinks = [], deadlineMs } = overrides;
  const baseDir = options.baseDir ?? (file === undefined ? process.cwd() : dirname(file));
  const given = { env, baseDir, standIns: options.mock ?? options.readOnly };
  const interpolated = interpolate(deadlineMs === undefined ? input : { ...input, deadlineMs }, given);
  const config = isObject(interpolated.config) ? interpolated.config : {};
  const entries = listOf(config['sources']);
  const variables = [...secretVariables(env).values()];
  const redact = createRedactor([...collectSecrets(interpolated), ...variables]);
  const module = file !== undefined && importable.has(extname(file)) ? file : undefined;

  // Every step adds what it finds wrong, and none stops the next: all is told at once.
  const issues: ConfigIssue[] = [];
  const context: ConfigContext = { registry, baseDir, module, redact, issues };
  const drafts = await draftSources(entries, listOf(input['sources']), context);
  const sources = selectSources(drafts, wantedSources, issues);
  const auths = resolveAuths(sources, entries, given);
  const sinks = await draftSinks(listOf(config['sinks']), wantedSinks, context);
  const model = await lookUpModel(config['model'], context);
  const engine = await resolveEngine(config['engine'], context);
  // A config given as an object may be one of many in a process, and has no folder of its own.
  const givenState = config['state'] ?? (file === undefined ? false : {});
  const outputs = [...listOf(config['sinks']), ...sinks.added];
  const { drafts: beside } = sinks;
  const asked = { given: config['history'], state: givenState, model: model?.plugin, beside, index: outputs.length };
  const history = await draftHistory(asked, context);
  // Those that the command line added come after all others.
  const sinkPath = ({ index, name }: SinkDraft): string =>
    index < listOf(config['sinks']).length ? `sinks[${index}]` : `--sink ${name}`;
  if (model !== undefined) {
    for (const draft of beside) {
      issues.push(...sinkIssues(draft, model.plugin).map((issue) => ({ ...issue, path: sinkPath(draft) })));
    }
  }
  issues.push(...fileConflicts(beside, baseDir, sinkPath));
  const whole = {
    ...config,
    // A history alone is nowhere to write to.
    ...(outputs.length > 0 && { sinks: [...outputs, ...(history.entry === undefined ? [] : [history.entry])] }),
    state: givenState,
  };
  const parsed = configSchema.safeParse(whole);
  if (parsed.success) {
    issues.push(...unreachable(parsed.data.workers.threads, sources, model));
    issues.push(...limitConflicts(sources, parsed.data.sources));
    issues.push(...middlewareConflicts(sources, parsed.data.sources, parsed.data.middleware));
  }
  const routed = routeSinks({
    drafts: [...sinks.drafts, ...(history.draft === undefined ? [] : [history.draft])],
    entries: parsed.data?.sinks ?? [],
    known: drafts.map(({ name }) => name),
    running: sources.map(({ name }) => name),
    model: model?.plugin,
    named: wantedSinks.length > 0,
  });
  issues.push(...routed.issues);
  const quality = resolveQuality({
    rules: parsed.data?.quality ?? [],
    known: drafts.map(({ name }) => name),
    running: sources.map(({ name }) => name),
    model: model?.plugin,
  });
  const categories = resolveCategories(parsed.data?.categories, model?.plugin);
  issues.push(...quality.issues, ...categories.issues);
  if (!parsed.success) issues.push(...explain(parsed.error.issues, configJsonSchema(), whole, redact));

  const unset = [...interpolated.issues, ...auths.issues];
  const others = issues.filter((issue) => !followsFrom(issue, unset)).map((issue) => redacted(issue, redact));
  const all = [...unset, ...others].toSorted((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  const found = { issues: all, sinks: routed.sinks };
  const usable = options.readOnly === true ? readableOf(found, unset) : found;
  if (usable.issues.length > 0) throw configError(usable.issues, where);
  // What is left out may be wrong in a way that leaves nothing to look at.
  if (!parsed.success || model === undefined) throw configError(all, where);

  const { workers, deadlineMs: deadline, onSourceFailure, state, services, middleware } = parsed.data;
  const resolved = parsed.data.sources.flatMap((entry, index) =>
    sources
      .filter((draft) => draft.index === index)
      .map((draft) => resolveSource(draft, entry, auths.byIndex.get(index), middleware)),
  );
  const { values, fileValues } = interpolated;
  const secrets = collectSecrets(
    { config, values: [...values, ...auths.values], fileValues: [...fileValues, ...auths.fileValues] },
    resolved.map((source) => source.headers),
    resolved.flatMap((source) => authSecrets(source.auth)),
  );
  return {
    file,
    baseDir,
    sources: shareLimits(resolved),
    sinks: usable.sinks.map(resolveSink),
    model: model.plugin,
    modelLocator: model.locator,
    quality: quality.rules,
    categories: categories.map,
    engine,
    workers,
    deadlineMs: deadline,
    onSourceFailure,
    state: state === false ? undefined : { ...state, dir: resolve(baseDir, state.dir) },
    services,
    secrets: [...new Set([...secrets, ...variables])],
    references: { secrets, env },
    warnings: [
      ...clearSecrets(input, env),
      ...routed.warnings,
      ...quality.warnings,
      ...history.warnings,
      ...(state === false ? forgottenBy(resolved) : []),
    ],
  };
}

/** What a run without a state folder can't do that its sources declare. */
function forgottenBy(sources: readonly ResolvedSource[]): readonly string[] {
  const names = sources.flatMap(({ name, plugin, conditional }) =>
    plugin.incremental === undefined && !conditional ? [] : [name],
  );
  if (names.length === 0) return [];
  return [`nothing is kept from run to run ("state: false"), so all of ${names.join(', ')} is asked for each time`];
}

/** Config files in which a plugin object can stand, and which a worker thread can import again. */
const importable: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);

async function lookUpModel(entry: unknown, context: ConfigContext): Promise<Found<'model'> | undefined> {
  // The schema holds the default, and tells where this is no model at all.
  const parsed = configSchema.shape.model.safeParse(entry);
  if (!parsed.success) return undefined;
  return lookUp('model', typeof parsed.data === 'string' ? parsed.data : { use: parsed.data }, ['model'], context);
}

/** Plugins that exist in this thread only, while the work is to be done in others. */
function unreachable(
  threads: number,
  sources: readonly SourceDraft[],
  model: Found<'model'> | undefined,
): readonly ConfigIssue[] {
  if (threads === 0) return [];
  const paths = sources.filter(({ locator }) => locator.kind === 'inline').map(({ index }) => `sources[${index}]`);
  if (model?.locator.kind === 'inline') paths.push('model');
  return paths.map((path) => ({
    code: 'plugin_not_reachable',
    path,
    problem: 'this object exists in the main thread only, and worker threads need it',
    hints: ['move it into a file of its own and name that by its path, or set workers.threads to 0'],
  }));
}

/** Whether an issue is only the consequence of a variable that is not set. */
function followsFrom({ path }: ConfigIssue, unset: readonly ConfigIssue[]): boolean {
  return unset.some((missing) => missing.path === path || missing.path === `${path}.use`);
}

function redacted({ code, path, problem, hints }: ConfigIssue, redact: (text: string) => string): ConfigIssue {
  return { code, path, problem: redact(problem), hints: hints.map(redact) };
}

function notAnObject(input: unknown, file: string | undefined): ConfigIssue {
  const found = input === null || input === '' ? 'nothing' : show(input, (text) => text);
  const written =
    file !== undefined && importable.has(extname(file))
      ? 'export default defineConfig({ … })'
      : '{ "sources": […], "sinks": […] }';
  const hint = typeof input === 'function' ? 'export what the function returns' : written;
  return { code: 'config_invalid', path: '', problem: `a config is an object, found ${found}`, hints: [hint] };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
