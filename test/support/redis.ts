import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** How a server is set up. */
export interface TestRedisOptions {
  /** Password of the default user. Default: none is asked for. */
  readonly password?: string;
  /** Lines of an ACL file, such as `user sluice on >secret ~* &* +@all`. */
  readonly acl?: readonly string[];
  /** Answers TLS alone; the authority is `ca`. */
  readonly tls?: boolean;
  /** Every write is on the disk before it is answered, so that a stop or a kill loses nothing. */
  readonly appendOnly?: boolean;
  /** A cluster of this one node. */
  readonly cluster?: boolean;
  /** Further lines of the configuration. */
  readonly settings?: readonly string[];
}

/** A Redis server of a test file's own. */
export interface TestRedis {
  readonly port: number;
  readonly folder: string;
  /** With the password, where there is one. */
  readonly url: string;
  /** The certificate to trust; undefined without TLS. */
  readonly ca: string | undefined;
  /** Runs a command by `redis-cli` and returns what it printed. */
  ask(this: void, ...command: readonly string[]): Promise<string>;
  /** Ends the server, by default as a crash would. Nothing answers on its port until `start`. */
  halt(this: void, signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder. */
  start(this: void): Promise<void>;
  /** Milliseconds of processor time that it has used. */
  processorMs(): Promise<number>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Why tests that need a server can't run; undefined where they can. */
export const redisMissing: string | undefined = hasServer() ? undefined : 'redis-server is not installed';

function hasServer(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts a server on a free port, in a folder that goes with it. */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const { password, acl, tls = false, appendOnly = false, cluster = false, settings = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const port = await freePort();
  const certificate = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  if (tls) await makeCertificate(certificate);
  if (acl !== undefined) await writeFile(join(folder, 'users.acl'), `${acl.join('\n')}\n`);
  const lines = [
    'bind 127.0.0.1',
    `dir ${folder}`,
    'save ""',
    ...(tls
      ? ['port 0', `tls-port ${port}`, `tls-cert-file ${certificate.cert}`, `tls-key-file ${certificate.key}`]
      : [`port ${port}`]),
    ...(tls ? [`tls-ca-cert-file ${certificate.cert}`, 'tls-auth-clients no'] : []),
    ...(password === undefined || acl !== undefined ? [] : [`requirepass "${password}"`]),
    ...(acl === undefined ? [] : [`aclfile ${join(folder, 'users.acl')}`]),
    ...(appendOnly ? ['appendonly yes', 'appendfsync always'] : []),
    ...(cluster ? ['cluster-enabled yes', 'cluster-node-timeout 2000', 'cluster-announce-ip 127.0.0.1'] : []),
    ...settings,
  ];
  const config = join(folder, 'redis.conf');
  await writeFile(config, `${lines.join('\n')}\n`);

  const login = password === undefined ? [] : ['--no-auth-warning', '-a', password];
  const how = ['-p', String(port), ...login, ...(tls ? ['--tls', '--cacert', certificate.cert] : [])];
  async function ask(...command: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('redis-cli', [...how, ...command]);
    return stdout.trimEnd();
  }

  let server: ChildProcess | undefined;
  async function start(): Promise<void> {
    server = spawn('redis-server', [config], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      try {
        // Any reply will do, also one that asks for a login; not that it is still loading.
        const reply = await ask('PING');
        if (!reply.startsWith('LOADING')) return;
      } catch (error) {
        if (tries > 200) throw error;
      }
      await wait(20);
    }
  }
  async function halt(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  await start();
  if (cluster) {
    await ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    while (!(await ask('CLUSTER', 'INFO')).includes('cluster_state:ok')) await wait(20);
  }
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return {
    port,
    folder,
    url: `${tls ? 'rediss' : 'redis'}://${credentials}127.0.0.1:${port}`,
    ca: tls ? certificate.cert : undefined,
    ask,
    halt,
    start,
    async processorMs() {
      const info = await ask('INFO', 'cpu');
      const seconds = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, value]) => Number(value));
      return seconds.reduce((sum, value) => sum + value, 0) * 1000;
    },
    async close() {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeCertificate({ cert, key }: { readonly cert: string; readonly key: string }): Promise<void> {
  const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await promisify(execFile)('openssl', [...how, ...who, '-out', cert, '-keyout', key]);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => void probe.close(resolve));
  // A cluster's bus listens at the port + 10000.
  return port > 55_000 ? freePort() : port;
}
