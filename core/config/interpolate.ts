import { isPluginEntry } from '../registry/inline-plugin.ts';
import { type ConfigIssue, type ConfigPath, pathText } from './issues.ts';

/** A config with the environment put in. */
export interface Interpolated {
  readonly config: unknown;
  /** Every value that was taken from the environment. */
  readonly values: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `${NAME}`, or `$${NAME}` for the text itself. */
const reference = /(\$?)\$\{([^}]*)\}/g;

/**
 * Replaces `${NAME}` in every text of a config by the environment's value; `$${NAME}` becomes `${NAME}`. Plugin
 * objects and services are code: they are left as they are.
 */
export function interpolate(config: unknown, env: Environment): Interpolated {
  const values: string[] = [];
  const issues: ConfigIssue[] = [];

  function replace(text: string, path: ConfigPath): string {
    return text.replace(reference, (whole: string, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value !== undefined) values.push(value);
      else issues.push(missing(name, path));
      return value ?? whole;
    });
  }

  function walk(value: unknown, path: ConfigPath): unknown {
    if (typeof value === 'string') return replace(value, path);
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, index]));
    if (!isPlain(value) || isCode(value, path)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  }

  return { config: walk(config, []), values, issues };
}

function missing(name: string, path: ConfigPath): ConfigIssue {
  const usable = /^[A-Za-z_]\w*$/.test(name);
  return {
    code: 'env_missing',
    path: pathText(path),
    problem: usable ? `the environment variable ${name} is not set` : `"\${${name}}" names no environment variable`,
    hints: [`${usable ? `set ${name}` : 'write ${NAME}'}, or write $\${${name}} for the text itself`],
  };
}

function isCode(value: object, path: ConfigPath): boolean {
  const [section, , key, ...deeper] = path;
  if (path.length === 1) return section === 'model' || section === 'services';
  if (section !== 'sources' && section !== 'sinks') return false;
  return path.length === 2 ? isPluginEntry(value) : key === 'use' && deeper.length === 0;
}

/** Instances of classes are code as well: a copy would lose what they are. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
