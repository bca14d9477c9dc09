import { z } from 'zod';
import { SluiceError } from '../../../../core/plugin.ts';

const url = z
  .string()
  .regex(/^rediss?:\/\//, 'a URL such as "redis://host:6379", with TLS "rediss://host:6380", best as "${REDIS_URL}"');
const file = z.string().min(1);

const tls = z.strictObject({
  ca: file
    .optional()
    .describe('file of the authorities that may sign the certificate of the server; those of Node by default'),
  cert: file.optional().describe('file of the certificate by which this client proves itself; none by default'),
  key: file.optional().describe('file of the key to `cert`'),
  servername: z.string().min(1).optional().describe('name that the certificate must be for; the host by default'),
});

const server = z
  .strictObject({
    url: url.optional().describe('one server'),
    cluster: z.array(url).min(1).optional().describe('some nodes of a Redis Cluster; the others are learned from them'),
    username: z.string().min(1).optional().describe('ACL user; that of the URL by default'),
    password: z.string().min(1).optional().describe('its password; that of the URL by default'),
    tls: tls.optional().describe('files for TLS; used with rediss:// only'),
  })
  .refine((given) => (given.url === undefined) !== (given.cluster === undefined), 'give either `url` or `cluster`')
  .refine(
    (given) =>
      given.tls === undefined ||
      [given.url, ...(given.cluster ?? [])].some((one) => one?.startsWith('rediss:') === true),
    '`tls` needs a URL that begins with rediss://',
  );

/** Where Redis or Valkey is: a URL, or an object where more has to be said. */
export const redisOptions = z.union([url, server]);

/** As it is given in the config. */
export type RedisOptions = z.infer<typeof redisOptions>;

/** One place to connect to. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is and how to log in, with nothing left to be parsed. */
export interface RedisSettings {
  /** One server; several where it is a cluster. */
  readonly addresses: readonly [RedisAddress, ...RedisAddress[]];
  readonly isCluster: boolean;
  /** Number of the database. A cluster has 0 alone. */
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined: no TLS. Paths of files. */
  readonly tls: Readonly<z.infer<typeof tls>> | undefined;
}

const defaultPort = 6379;

/** Makes settings of options. Throws `config_invalid` for a URL that can't be read. */
export function resolveRedis(options: RedisOptions): RedisSettings {
  const given = typeof options === 'string' ? { url: options } : options;
  const [first, ...others] = (given.cluster ?? [given.url ?? '']).map(parsed);
  if (first === undefined) throw new SluiceError('config_invalid', 'engine.redis names no server');
  const db = Number(first.pathname.slice(1) || 0);
  const isCluster = given.cluster !== undefined;
  if (!Number.isInteger(db) || db < 0 || (isCluster && db > 0)) {
    throw new SluiceError(
      'config_invalid',
      `engine.redis: the path of the URL is the number of a database${isCluster ? ', and a cluster has only 0' : ''}`,
    );
  }
  const secure = [first, ...others].some(({ protocol }) => protocol === 'rediss:');
  return {
    addresses: [addressOf(first), ...others.map(addressOf)],
    isCluster,
    db,
    username: given.username ?? part(first.username),
    password: given.password ?? part(first.password),
    tls: secure ? (given.tls ?? {}) : undefined,
  };
}

function parsed(text: string): URL {
  // The text itself may hold a password.
  if (!URL.canParse(text))
    throw new SluiceError(
      'config_invalid',
      'engine.redis: the URL can’t be read; characters like @ / # in a password are written as %40 %2F %23',
    );
  return new URL(text);
}

function addressOf({ hostname, port }: URL): RedisAddress {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1', port: Number(port || defaultPort) };
}

function part(encoded: string): string | undefined {
  return encoded === '' ? undefined : decodeURIComponent(encoded);
}
