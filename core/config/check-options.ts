import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { explain } from './explain.ts';
import { type ConfigIssue, type ConfigPath, pathText } from './issues.ts';
import type { ConfigContext } from './look-up.ts';

/** Options as a schema returned them, or nothing where it found them wrong: then issues tell. Told apart by `ok`. */
export type CheckedOptions = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Checks the options of a plugin, which stand at `path` in the config, by the plugin's own schema. */
export async function checkOptions(
  schema: StandardSchemaV1,
  options: unknown,
  path: ConfigPath,
  { issues, redact }: Pick<ConfigContext, 'issues' | 'redact'>,
): Promise<CheckedOptions> {
  const result = await schema['~standard'].validate(options);
  if (result.issues === undefined) return { ok: true, value: result.value };
  if (schema instanceof z.core.$ZodType) {
    // Zod's schemas can tell what they allow; others are taken at their word.
    const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    issues.push(...explain(result.issues as readonly z.core.$ZodIssue[], described, options, redact, path));
  } else {
    issues.push(...result.issues.map((issue) => issueAt(path, issue)));
  }
  return { ok: false };
}

function issueAt(path: ConfigPath, { message, path: within = [] }: StandardSchemaV1.Issue): ConfigIssue {
  const keys = within.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const at = [...path, ...keys.map((key) => (typeof key === 'number' ? key : String(key)))];
  return { code: 'config_invalid', path: pathText(at), problem: message, hints: [] };
}
