import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A PostgreSQL server of a test file's own. */
export interface TestServer {
  readonly port: number;
  readonly folder: string;
  readonly password: string;
  /** Of a database of the server; made on the first call for its name. */
  url(this: void, database: string): Promise<string>;
  /** Rows of a query, as objects. */
  ask(
    this: void,
    database: string,
    sql: string,
    values?: readonly unknown[],
  ): Promise<readonly Record<string, unknown>[]>;
  /** Ends the server as a crash would, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Where the programs are; undefined where PostgreSQL is not installed. */
export const postgresPrograms = findPrograms();

function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted().toReversed() : [];
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
}

/** Who the server is run as: it refuses to be run by root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody']).toString());
  return { uid: id('-u'), gid: id('-g') };
}

/** Starts a server on a free port, in a folder that goes with it; with `tls`, its certificate is `server.crt` in there. */
export async function startPostgres({ tls = false } = {}): Promise<TestServer> {
  if (postgresPrograms === undefined) throw new Error('PostgreSQL is not installed');
  const programs = postgresPrograms;
  const user = serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  const password = 'pa$$ word/3';
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const certificate = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  if (tls) await makeCertificate(certificate);
  const files = [folder, passwordFile, ...(tls ? Object.values(certificate) : [])];
  if (user !== undefined) await Promise.all(files.map((file) => chown(file, user.uid, user.gid)));
  const settings = tls
    ? ['ssl = on', `ssl_cert_file = '${certificate.cert}'`, `ssl_key_file = '${certificate.key}'`]
    : [];
  const data = join(folder, 'data');
  const how = ['-D', data, '-U', 'sluice', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '-N'];
  await promisify(execFile)(join(programs, 'initdb'), [...how, '--locale=C.UTF-8'], { ...user, cwd: folder });
  const port = await freePort();
  const own = [`port = ${port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`];
  await writeFile(join(data, 'postgresql.auto.conf'), `${[...own, 'fsync = off', ...settings].join('\n')}\n`);

  const at = (database: string): string =>
    `postgres://sluice:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  async function ask(database: string, sql: string, values: readonly unknown[] = []) {
    const client = new Client({ connectionString: at(database) });
    // A server that goes is what some tests are about.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }
  const launch = () => spawn(join(programs, 'postgres'), ['-D', data], { ...user, cwd: folder, stdio: 'ignore' });
  let server = launch();
  async function ready(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await ask('postgres', 'SELECT 1');
        return;
      } catch (error) {
        if (tries > 200) throw error;
        await wait(50);
      }
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }
  await ready();
  const made = new Set<string>();
  return {
    port,
    folder,
    password,
    ask,
    async url(database) {
      if (!made.has(database)) await ask('postgres', `CREATE DATABASE "${database}"`);
      made.add(database);
      return at(database);
    },
    async restart() {
      await end('SIGQUIT');
      server = launch();
      await ready();
    },
    async stop() {
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a certificate for `localhost`, by that name alone, which vouches for itself. */
export async function makeCertificate({ cert, key }: { readonly cert: string; readonly key: string }): Promise<void> {
  const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await promisify(execFile)('openssl', [...how, ...who, '-out', cert, '-keyout', key]);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  return port;
}
