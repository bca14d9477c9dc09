import { z } from 'zod';
import { createRegistry, type FoundPlugin, type Registry } from '../registry/registry.ts';
import type { PluginKind, PluginTypes } from '../registry/validate-plugin.ts';
import { isObject } from '../unknown.ts';
import { configJsonSchema } from './schema.ts';

type Node = z.core.JSONSchema.JSONSchema;

/**
 * The schema of a config file as JSON Schema (draft 2020-12), for editors: every setting with its default, unit and
 * meaning, the names of the built-in plugins, and the options of each built-in sink. What only code can hold is left
 * out; where a text must have a form or be one of a few, a reference such as `${NAME}` is as good. The number of
 * threads has no default here: it depends on the machine.
 */
export async function editorSchema(registry: Registry = createRegistry()): Promise<Node> {
  const schema = forFiles(configJsonSchema());
  const { sources, sinks, model, workers, state, engine, services: _, ...others } = schema.properties ?? {};
  const properties = {
    ...others,
    sources: await withNames(sources, 'source', registry),
    sinks: await withOptions(await withNames(sinks, 'sink', registry), registry),
    model: naming(await registry.names('model'), model),
    engine: await oneWithOptions(asNode(engine), 'engine', registry),
    workers: changed(workers, 'threads', withoutDefault),
    // Off is the default of a config that is no file.
    state: withoutDefault(state),
  };
  return { ...schema, $id: schemaId, title: 'sluice pipeline config', properties };
}

/** Names the schema, so that tools which cache one can tell it from others; nothing is to be found there. */
const schemaId = 'urn:sluice:pipeline-config';

/** A reference to the environment or to a file, which may stand in any text. */
const reference = String.raw`\$\{[^}]*\}`;

/** Leaves out what can't stand in a file, and lets references stand in every text. */
function forFiles(node: Node): Node {
  const { anyOf, properties, items, additionalProperties, ...own } = node;
  const choices = anyOf?.filter(isNode).filter(({ not }) => not === undefined);
  const [only] = choices ?? [];
  if (only !== undefined && choices?.length === 1) return forFiles({ ...only, ...own });
  const inner: Node = {
    ...own,
    ...(choices && { anyOf: choices.map(forFiles) }),
    ...(properties && { properties: mapValues(properties, forFiles) }),
    ...(isNode(items) && { items: forFiles(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isNode(additionalProperties) ? forFiles(additionalProperties) : additionalProperties,
    }),
  };
  if (inner.pattern !== undefined) return { ...inner, pattern: `${inner.pattern}|${reference}` };
  if (inner.enum === undefined || inner.type !== 'string') return inner;
  const { enum: values, type, ...rest } = inner;
  return {
    ...rest,
    anyOf: [
      { type, enum: values },
      { type, pattern: reference },
    ],
  };
}

/** Says of the entries of a list how the built-in plugins are called; any other name may stand there as well. */
async function withNames(list: Node | boolean | undefined, kind: PluginKind, registry: Registry): Promise<Node> {
  const names = await registry.names(kind);
  const { items, ...own } = asNode(list);
  const entries = (asNode(items).anyOf ?? []).filter(isNode).map((entry): Node => {
    if (entry.type === 'string') return naming(names, entry);
    return { ...entry, properties: { ...entry.properties, use: naming(names, entry.properties?.['use']) } };
  });
  return { ...own, items: { anyOf: entries } };
}

function naming(names: readonly string[], node: Node | boolean | undefined): Node {
  const { type, minLength, ...own } = asNode(node);
  return { ...own, anyOf: [{ enum: [...names] }, { ...(type && { type }), ...(minLength && { minLength }) }] };
}

/** Says what each built-in sink takes. */
async function withOptions(list: Node, registry: Registry): Promise<Node> {
  const builtins = await registry.builtins('sink');
  const entries = (asNode(list.items).anyOf ?? []).filter(isNode);
  return {
    ...list,
    items: { anyOf: entries.map((entry) => (entry.type === 'object' ? told(entry, builtins) : entry)) },
  };
}

/** Says of one entry how the built-in plugins are called, and what each takes. */
async function oneWithOptions(entry: Node, kind: 'engine', registry: Registry): Promise<Node> {
  const use = naming(await registry.names(kind), entry.properties?.['use']);
  return told({ ...entry, properties: { ...entry.properties, use } }, await registry.builtins(kind));
}

/** Says what each plugin takes: by a condition on its name, so that an editor's message is of that plugin alone. */
function told(entry: Node, plugins: readonly FoundPlugin<Pick<PluginTypes['sink'], 'name' | 'options'>>[]): Node {
  const settings = mapValues(entry.properties ?? {}, () => true as const);
  const conditions = plugins.map(({ plugin: { name, options } }): Node => {
    const taken = options instanceof z.core.$ZodType ? forFiles(jsonSchemaOf(options)) : {};
    return {
      if: { properties: { use: { const: name } }, required: ['use'] },
      // oxlint-disable-next-line unicorn/no-thenable -- it is how JSON Schema calls it
      then: {
        properties: { ...settings, ...taken.properties },
        ...(taken.required && { required: taken.required }),
        additionalProperties: false,
      },
    };
  });
  return { ...entry, allOf: conditions };
}

function jsonSchemaOf(schema: z.core.$ZodType): Node {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

function withoutDefault(node: Node | boolean | undefined): Node {
  const { default: _, ...rest } = asNode(node);
  return rest;
}

function changed(node: Node | boolean | undefined, key: string, change: (inner: Node) => Node): Node {
  const { properties = {}, ...own } = asNode(node);
  return { ...own, properties: { ...properties, [key]: change(asNode(properties[key])) } };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: Node) => To): Record<string, To> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(isNode(value) ? value : {})] as const),
  );
}

function asNode(value: unknown): Node {
  return isNode(value) ? value : {};
}

function isNode(value: unknown): value is Node {
  return isObject(value);
}
