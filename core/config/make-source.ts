import type { JsonObject } from '../contracts/json.ts';
import type { PluginLocator } from '../contracts/locator.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import type { SourceFactory } from '../contracts/source-factory.ts';
import { classify } from '../errors.ts';
import { moduleOf } from '../normalizing/flat-steps.ts';
import { assertPluginApi } from '../registry/plugin-api.ts';
import { createSource, isSourceFactory } from '../registry/source-factory.ts';
import { isObject, kindOf } from '../unknown.ts';
import { checkOptions } from './check-options.ts';
import { type ConfigIssue, type ConfigPath, issueOf, pathText } from './issues.ts';
import type { ConfigContext } from './look-up.ts';

/** What was found for an entry of `sources`. */
interface FoundSource {
  readonly plugin: SourcePlugin | SourceFactory;
  readonly locator: PluginLocator;
}

/** A source, and where a worker thread finds it or makes it again. */
export interface MadeSource {
  readonly plugin: SourcePlugin;
  readonly locator: PluginLocator;
}

/**
 * Makes the source of an entry where a factory was found for it; a source that is one already takes no options.
 * Undefined where that can't be: then issues tell.
 */
export async function makeSource(
  { plugin: found, locator }: FoundSource,
  written: unknown,
  path: ConfigPath,
  context: ConfigContext,
): Promise<MadeSource | undefined> {
  const { issues } = context;
  const at = [...path, 'options'];
  if (!isSourceFactory(found)) {
    if (written !== undefined) issues.push(takesNone(found.name, at));
    return { plugin: found, locator };
  }
  const options = written ?? {};
  // The schema of the config tells of one that is no object at all.
  if (!isObject(options)) return undefined;
  const unfit = notJson(options, at);
  issues.push(...unfit);
  if (unfit.length > 0) return undefined;
  const checked = await checkOptions(found.options, options, at, context);
  if (!checked.ok) return undefined;
  try {
    const plugin = createSource(found, checked.value);
    await assertPluginApi(plugin, `the source "${plugin.name}"`);
    return { plugin, locator: withOptions(locator, plugin, options as JsonObject) };
  } catch (error) {
    issues.push(issueOf(path, classify(error)));
    return undefined;
  }
}

/** The options go along as they were written: the schema may make of them what no thread could be sent. */
function withOptions(locator: PluginLocator, plugin: SourcePlugin, options: JsonObject): PluginLocator {
  if (locator.kind !== 'inline') return { ...locator, options };
  const module = moduleOf(plugin.normalizer);
  return module === undefined ? locator : { kind: 'module', url: module, options };
}

function takesNone(name: string, at: ConfigPath): ConfigIssue {
  const problem = `the source "${name}" takes no options`;
  const hints = ['only one that is made by defineSourceFactory does; settings of the run stand beside use'];
  return { code: 'config_invalid', path: pathText(at), problem, hints };
}

/** Levels of lists and objects in options: nobody nests them so deep, and one that holds itself has no end. */
const mostLevels = 50;

/** What of a value can't be written as JSON, and so can't be sent to another thread and kept in a journal. */
function notJson(value: unknown, path: ConfigPath): readonly ConfigIssue[] {
  if (path.length > mostLevels) return [isNoJson(path.slice(0, 4), 'is nested too deep, or holds itself')];
  if (typeof value === 'number' && !Number.isFinite(value)) return [isNoJson(path, `is ${value}`)];
  // A key that is undefined is the same as none.
  if (value === null || value === undefined || /^(?:string|number|boolean)$/.test(typeof value)) return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => notJson(entry, [...path, index]));
  if (!isObject(value)) return [isNoJson(path, `is ${kindOf(value)}`)];
  if (!isPlain(value)) return [isNoJson(path, `is a ${value.constructor.name || 'class instance'}`)];
  return Object.entries(value).flatMap(([key, entry]) => notJson(entry, [...path, key]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isNoJson(path: ConfigPath, what: string): ConfigIssue {
  return {
    code: 'config_invalid',
    path: pathText(path),
    problem: `${what}, which JSON can't hold`,
    hints: ['worker threads make the source again, from options that are plain JSON'],
  };
}
