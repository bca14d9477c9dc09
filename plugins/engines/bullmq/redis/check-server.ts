import { SluiceError } from '../../../../core/plugin.ts';
import type { RedisClient, RedisConnection } from './connect.ts';

/** What a check found that is no reason to refuse. */
export interface ServerCheck {
  /** In words, for the log; empty where all is well. */
  readonly warnings: readonly string[];
}

/** The scripts use commands of this version. Valkey began with 7.2. */
const oldestVersion = [6, 2] as const;

/**
 * Looks whether the server may hold a run: one that evicts keys when its memory is full would lose pages in silence. Throws
 * `redis_unfit` for another policy than `noeviction` and for a server that is too old. Where neither CONFIG nor
 * INFO may be asked, as with some managed servers and ACL users, that is a warning.
 */
export async function checkServer({ client, where }: RedisConnection): Promise<ServerCheck> {
  const info = await infoOf(client);
  const version = /^redis_version:(\d+)\.(\d+)/m.exec(info);
  if (version !== null && isOlder(Number(version[1]), Number(version[2]))) {
    throw new SluiceError(
      'redis_unfit',
      `Redis at ${where} is version ${version[1]}.${version[2]}; it takes ${oldestVersion.join('.')} or newer, or Valkey`,
    );
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? (await configured(client, 'maxmemory-policy'));
  if (policy === undefined) {
    return {
      warnings: [
        `Redis at ${where} does not say its maxmemory-policy; make sure that it is noeviction, or pages may be lost`,
      ],
    };
  }
  if (policy !== 'noeviction') {
    throw new SluiceError(
      'redis_unfit',
      `Redis at ${where} has maxmemory-policy ${policy}, and would drop pages when its memory is full: set it to noeviction`,
    );
  }
  return { warnings: [] };
}

function isOlder(major: number, minor: number): boolean {
  const [oldestMajor, oldestMinor] = oldestVersion;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

async function infoOf(client: RedisClient): Promise<string> {
  try {
    // Both sections at once are new in Redis 7.
    return `${await client.info('server')}\n${await client.info('memory')}`;
  } catch {
    return '';
  }
}

async function configured(client: RedisClient, name: string): Promise<string | undefined> {
  try {
    const reply: unknown = await client.config('GET', name);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : undefined;
  } catch {
    return undefined;
  }
}
