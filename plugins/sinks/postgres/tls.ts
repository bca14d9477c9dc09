import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { SluiceError, sinkError } from '../../../core/plugin.ts';

/** How connections are encrypted. */
export interface Tls {
  /** As the driver takes it; false for not at all, undefined where nothing is said of it. */
  readonly ssl: ConnectionOptions | false | undefined;
  /** Whether a server without TLS is spoken to in clear. */
  readonly optional: boolean;
  /** The URL without what is told here: the driver understands it otherwise, and says so on stderr. */
  readonly url: string | undefined;
}

/** Parameters of a URL, and the variables that stand in for them, as libpq has them. */
const variables = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

/** What the driver calls a file → the parameter that names it. */
const parameters: Readonly<Record<string, string>> = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' };

/**
 * Reads `sslmode` and its files from a URL, else from the variables, with the meaning that psql and every other client of
 * libpq gives them (PostgreSQL manual, SSL support): only `verify-ca` and `verify-full` check who the server is, and
 * `require` where a root certificate is given. The driver's own would refuse a private authority under `require`.
 *
 * Throws `sink_failed` for another mode, and a file that can't be read.
 */
export async function tlsOf(url: string | undefined, env: NodeJS.ProcessEnv): Promise<Tls> {
  const [base, query] = splitQuery(url);
  const settingOf = (name: keyof typeof variables): string | undefined =>
    query.get(name) || env[variables[name]] || undefined;
  const root = settingOf('sslrootcert');
  const mode = settingOf('sslmode') ?? (root === undefined ? undefined : 'verify-full');
  if (mode === undefined) return { ssl: undefined, optional: false, url };
  const files = { ca: root === 'system' ? undefined : root, cert: settingOf('sslcert'), key: settingOf('sslkey') };
  const rest = new URLSearchParams([...query].filter(([name]) => !(name in variables) && name !== 'uselibpqcompat'));
  const bare = base === undefined || rest.size === 0 ? base : `${base}?${rest.toString()}`;
  const checks = checksOf(mode, root);
  if (checks === undefined) return { ssl: false, optional: false, url: bare };
  const read = Object.entries(files).map(
    async ([name, file]) => file && ([name, await contentOf(name, file)] as const),
  );
  const given = (await Promise.all(read)).filter((entry) => typeof entry === 'object');
  return {
    ssl: { ...checks, ...Object.fromEntries(given) },
    optional: mode === 'prefer' || mode === 'allow',
    url: bare,
  };
}

/** What is checked of the server; undefined where nothing is encrypted. */
function checksOf(mode: string, root: string | undefined): ConnectionOptions | undefined {
  const nothing = { rejectUnauthorized: false };
  // The certificate is one of this authority, whatever name it is for.
  const authority = { checkServerIdentity: () => undefined };
  switch (mode) {
    case 'disable':
      return undefined;
    case 'allow':
    case 'prefer':
    case 'no-verify':
      return nothing;
    case 'require':
      return root === undefined ? nothing : authority;
    case 'verify-ca':
      if (root !== undefined && root !== 'system') return authority;
      throw new SluiceError(
        'sink_failed',
        'sslmode=verify-ca needs the certificate of the authority: sslrootcert=FILE',
      );
    case 'verify-full':
      return {};
    default:
      throw new SluiceError(
        'sink_failed',
        `there is no sslmode "${mode}": it is disable, prefer, require, verify-ca, verify-full or no-verify`,
      );
  }
}

function splitQuery(url: string | undefined): readonly [base: string | undefined, query: URLSearchParams] {
  const at = url?.indexOf('?') ?? -1;
  return at === -1 ? [url, new URLSearchParams()] : [url?.slice(0, at), new URLSearchParams(url?.slice(at + 1))];
}

/** Named by its parameter: a path in a URL may be hidden with the rest of it. */
async function contentOf(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw sinkError(error, `reading the file that ${parameters[name] ?? name} names, ${file}`);
  }
}
