/** Sources that are made by options. Runs in worker threads too, to make again what the main thread has made. */
import type { JsonObject } from '../contracts/json.ts';
import type { SourcePlugin } from '../contracts/source.ts';
import type { SourceFactory } from '../contracts/source-factory.ts';
import { SluiceError } from '../errors.ts';
import { isObject } from '../unknown.ts';
import { apiRange, isStandardSchema, isText, nameProblems, optional, pluginProblems } from './validate-plugin.ts';

/** Whether a value is meant as a factory, good or bad. */
export function isSourceFactory(value: unknown): value is SourceFactory {
  return isObject(value) && 'create' in value && !('pagination' in value);
}

/** What keeps a value from being a factory of sources, one sentence each; none for a good one. */
export function factoryProblems(value: SourceFactory): readonly string[] {
  const fields = value as unknown as Readonly<Record<string, unknown>>;
  return [
    ...nameProblems(fields),
    ...(isStandardSchema(fields['options'])
      ? []
      : ['options must be a schema that implements Standard Schema (zod, valibot, arktype, …)']),
    ...(typeof fields['create'] === 'function' ? [] : ['create must be a function that makes a source of the options']),
    ...optional(fields, 'api', isText, apiRange),
  ];
}

/**
 * Makes a source of options that were checked. Throws `plugin_invalid` where `create` throws, or makes something else: the
 * problem stands on the first line of the message, what is wrong with it on further ones.
 */
export function createSource(factory: SourceFactory, options: unknown): SourcePlugin {
  let source: unknown;
  try {
    source = factory.create(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SluiceError('plugin_invalid', `create of the factory "${factory.name}" threw: ${why}`, { cause: error });
  }
  const problems = pluginProblems('source', source);
  if (problems.length === 0) return source as SourcePlugin;
  throw new SluiceError(
    'plugin_invalid',
    [`what create of the factory "${factory.name}" returns is not a source`, ...problems].join('\n'),
  );
}

/**
 * Makes the source again that the main thread has made of the same options. Throws `plugin_invalid` where that fails,
 * which means that the factory is not the same, or not pure.
 */
export async function recreateSource(factory: SourceFactory, input: JsonObject): Promise<SourcePlugin> {
  const result = await factory.options['~standard'].validate(input);
  if (result.issues === undefined) return createSource(factory, result.value);
  const [{ message } = { message: 'no reason given' }] = result.issues;
  throw new SluiceError('plugin_invalid', `the factory "${factory.name}" refuses its options now: ${message}`);
}
