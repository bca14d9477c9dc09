import { isPluginEntry } from '../registry/inline-plugin.ts';
import { type ConfigIssue, type ConfigPath, pathText } from './issues.ts';
import { readSecretFile, type SecretFile } from './secret-file.ts';

/** A config with the environment and the files put in. */
export interface Interpolated {
  readonly config: unknown;
  /** Every value that was taken from the environment. */
  readonly values: readonly string[];
  /** Every value that was taken from a file. */
  readonly fileValues: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

/** Where the values come from. */
export interface InterpolateOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder at which the paths of files begin. */
  readonly baseDir: string;
  /**
   * Whether an auth whose variable is not set gets a stand-in: an embedded upstream takes any. Default false.
   */
  readonly standIns?: boolean | undefined;
}

/** `${NAME}` or `${file:PATH}`, or with another `$` before it for the text itself. */
const reference = /(\$?)\$\{([^}]*)\}/g;
const fileReference = 'file:';

/**
 * Replaces `${NAME}` in every text of a config by the environment's value, and `${file:PATH}` by what the file holds;
 * `$${NAME}` becomes `${NAME}`. Plugin objects and services are code: they are left as they are. `root` is where the value
 * stands in the config; default: it is the config.
 */
export function interpolate(
  config: unknown,
  { env, baseDir, standIns = false }: InterpolateOptions,
  root: ConfigPath = [],
): Interpolated {
  const values: string[] = [];
  const fileValues: string[] = [];
  const issues: ConfigIssue[] = [];
  // One that is named twice is read once, and can't have changed in between.
  const files = new Map<string, SecretFile>();

  function readFile(name: string, path: ConfigPath): string | undefined {
    const file = name.slice(fileReference.length);
    const found = files.get(file) ?? (file === '' ? noPath : readSecretFile(file, baseDir));
    files.set(file, found);
    if (!found.ok) {
      issues.push(issue('config_invalid', path, name, found.problem, found.hint));
      return undefined;
    }
    fileValues.push(found.text);
    return found.text;
  }

  function readVariable(name: string, path: ConfigPath): string | undefined {
    const [section, , key] = path;
    const standIn = standIns && section === 'sources' && key === 'auth' ? `stand-in-for-${name}` : undefined;
    const value = (Object.hasOwn(env, name) ? env[name] : undefined) ?? standIn;
    if (value === undefined) issues.push(missing(name, path));
    else values.push(value);
    return value;
  }

  function replace(text: string, path: ConfigPath): string {
    return text.replace(reference, (whole: string, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const value = name.startsWith(fileReference) ? readFile(name, path) : readVariable(name, path);
      return value ?? whole;
    });
  }

  function walk(value: unknown, path: ConfigPath): unknown {
    if (typeof value === 'string') return replace(value, path);
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, index]));
    if (!isPlain(value) || isCode(value, path)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]));
  }

  return { config: walk(config, root), values, fileValues, issues };
}

/** Whether a text holds a reference to the environment or to a file. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(reference)].some(([, escape]) => escape === '');
}

const noPath: SecretFile = { ok: false, problem: '"${file:}" names no file', hint: 'write ${file:PATH}' };

function missing(name: string, path: ConfigPath): ConfigIssue {
  const usable = /^[A-Za-z_]\w*$/.test(name);
  const problem = usable
    ? `the environment variable ${name} is not set`
    : `"\${${name}}" names no environment variable`;
  return issue('env_missing', path, name, problem, usable ? `set ${name}` : 'write ${NAME}');
}

function issue(code: ConfigIssue['code'], path: ConfigPath, name: string, problem: string, hint: string): ConfigIssue {
  return { code, path: pathText(path), problem, hints: [`${hint}, or write $\${${name}} for the text itself`] };
}

function isCode(value: object, path: ConfigPath): boolean {
  const [section, , key, ...deeper] = path;
  if (section === 'middleware') return true;
  if (path.length === 1) return section === 'model' || section === 'services';
  if (section === 'engine') return path.length === 2 && path[1] === 'use';
  if (section !== 'sources' && section !== 'sinks') return false;
  return path.length === 2 ? isPluginEntry(value) : (key === 'use' && deeper.length === 0) || key === 'middleware';
}

/** Instances of classes are code as well: a copy would lose what they are. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
