import { spawn, type StdioOptions } from 'node:child_process';
import { cp, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when stderr has said it. */
  said(text: string): Promise<void>;
}

function start(
  args: readonly string[],
  cwd?: string,
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
  program = main,
): Started {
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const heard = new Set<() => void>();
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listen of heard) listen();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    said: (text) =>
      new Promise((resolve, reject) => {
        const listen = (): void => {
          if (stderr.includes(text)) resolve();
        };
        heard.add(listen);
        listen();
        void ended.then(() => reject(new Error(`ended without "${text}": ${stderr}`)));
      }),
  };
}

/** Opens a device for writing, until the test ends. */
async function opened(path: string): Promise<number> {
  const file = await open(path, 'w');
  onTestFinished(() => file.close());
  return file.fd;
}

/** A folder with a config for what is under test. */
async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await mkdir(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

const jsonConfig = (config: object): Record<string, string> => ({ 'pipeline.config.json': JSON.stringify(config) });

// Processes take as long to start as the machine is busy.
describe('pipeline', { timeout: 30_000 }, () => {
  it('prints its version, alone and with any command', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    for (const args of [['--version'], ['-V'], ['run', '--version']]) {
      expect(await start(args).ended).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
  });

  it.each([
    [[]],
    [['--help']],
    [['run', '--help']],
    [['plugins', '--help']],
    [['schema', '--help']],
    [['init', '--help']],
    [['new', '--help']],
    [['mock', '--help']],
    [['runs', '--help']],
    [['chaos', '--help']],
    [['help', 'run']],
  ])('prints help with examples for %j, within 80 columns', async (args) => {
    const { code, stdout, stderr } = await start(args).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: pipeline[^]*Examples:\n {2}pipeline/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lists every command in one line, below what it is for', async () => {
    const { stdout } = await start(['--help']).ended;
    const listed = stdout.slice(stdout.indexOf('Run:'), stdout.indexOf('Examples:')).trim().split('\n');
    for (const line of listed) expect(line).toMatch(/^(?:| {2}[a-z]+ .* {2}\S.+|[A-Z][a-z ]+:)$/);
    expect(listed.filter((line) => /^[A-Z]/.test(line))).toHaveLength(5);
  });

  it.each([
    [['rnu'], 'Did you mean run?'],
    [['run', '--sourc', 'x'], 'Did you mean --source?'],
    [['run', '--log-level', 'loud'], 'silent, error, warn, info, debug'],
    [['run', '--deadline', '60'], '500ms, 60s, 1m30s or 2h'],
    [['run', 'extra'], 'too many arguments'],
    [['mock', '--port', '99999'], 'from 0 to 65532'],
    [['mock', '--error-rate', '2'], 'from 0 to 1'],
  ])('refuses %j with exit code 2 and says "%s"', async (args, words) => {
    const { code, stdout, stderr } = await start(args).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('exits with 2 where there is no config', async () => {
    const { code, stderr } = await start(['run', '--config', 'none.json']).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: there is no file .*none\.json\n$/);
  });

  it('says where in a config it went wrong', async () => {
    const cwd = await folder({ 'pipeline.config.mjs': 'export default {\n  sources: []\n  sinks: [] };' });
    const { code, stderr } = await start(['run'], cwd).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(cwd, 'pipeline.config.mjs')}:3`);
  });

  it('takes export default in a .js file, whatever package.json says', async () => {
    const config = "{ sources: ['jsonplaceholder'], sinks: ['nowhere'] }";
    const files = { 'package.json': '{ "type": "commonjs" }', 'pipeline.config.js': `export default ${config};` };
    const { code, stderr } = await start(['run'], await folder(files)).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('there is no sink "nowhere"');
  });

  it('exits with 2 for a --source that the config does not have', async () => {
    const cwd = await folder(jsonConfig({ sources: ['dummyjson'], sinks: ['stdout'] }));
    const { code, stderr } = await start(['run', '--source', 'dumyjson'], cwd).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "dummyjson"?');
  });

  it.each([['--version'], ['--help'], ['plugins']])('says in one line that %s could not be written', async (arg) => {
    const { code, stderr } = await start([arg], undefined, ['ignore', await opened('/dev/full'), 'pipe']).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: ENOSPC/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('carries a run through though nobody can be told of it', async () => {
    const rateLimit = { requests: 1_000, perMs: 1_000 };
    const config = { sources: [{ use: 'jsonplaceholder', rateLimit }], sinks: ['stdout'] };
    const cwd = await folder(jsonConfig(config));
    const { code, stdout } = await start(['run', '--mock'], cwd, ['ignore', 'pipe', await opened('/dev/full')]).ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(100);
  });

  it('fails where the report was asked for as JSON and could not be written', async () => {
    const rateLimit = { requests: 1_000, perMs: 1_000 };
    const cwd = await folder(jsonConfig({ sources: [{ use: 'jsonplaceholder', rateLimit }], sinks: ['stdout'] }));
    const run = start(['run', '--mock', '--json'], cwd, ['ignore', 'pipe', await opened('/dev/full')]);
    expect((await run.ended).code).toBe(1);
  });

  it('lists the plugins as a table and as JSON', async () => {
    const [table, json] = await Promise.all([start(['plugins']).ended, start(['plugins', '--json']).ended]);
    expect(table.stdout).toMatch(/^source .*\n(?:.*\n)*jsonplaceholder +5\/s +– +page +20/m);
    const { sources } = JSON.parse(json.stdout) as { sources: { name: string }[] };
    expect(sources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dummyjson', 'escuelajs', 'jsonplaceholder', 'reqres']),
    );
  });

  it('lists the sources of the config beside them, whose key is not set', async () => {
    const rateLimit = { requests: 7, perMs: 250 };
    const auth = { kind: 'bearer', token: '${NOT_SET}' };
    const cwd = await folder(
      jsonConfig({ sources: [{ use: 'dummyjson', name: 'mine', rateLimit, auth }], sinks: ['ndjson'] }),
    );
    const { code, stdout } = await start(['plugins'], cwd).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mine +7 per 250 ms +bearer +offset/m);
  });

  it('says so where the config can’t be used, and why where it was named', async () => {
    const cwd = await folder(jsonConfig({ sources: ['nowhere'], sinks: ['ndjson'] }));
    const [found, named] = await Promise.all(
      [['plugins'], ['plugins', '--config', 'pipeline.config.json']].map((args) => start(args, cwd).ended),
    );
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('pipeline check') as string });
    expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('"nowhere"') as string });
  });

  it('runs against embedded upstreams: records alone on stdout, logs as JSON on stderr', async () => {
    const rateLimit = { requests: 1_000, perMs: 1_000 };
    const config = {
      sources: [{ use: 'jsonplaceholder', baseUrl: 'http://127.0.0.1:9', rateLimit }],
      sinks: ['stdout'],
    };
    const cwd = await folder(jsonConfig(config));
    const { code, stdout, stderr } = await start(['run', '--mock', '--json'], cwd).ended;
    expect(code).toBe(0);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string });
    expect(new Set(records.map(({ id }) => id)).size).toBe(100);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ event: 'mock', upstreams: 1 });
    expect(lines.at(-1)).toMatchObject({ event: 'report', exit_code: 0, total_products: 100, partial: false });
  });

  it('refuses --mock for a source without an embedded upstream', async () => {
    const source = `
      const pagination = { style: 'single', needs: 'headers', first: () => [{ key: 'all', url: '/' }], next: () => [] };
      export default { name: 'mine', baseUrl: 'http://127.0.0.1:9', rateLimit: { requests: 1, perMs: 1000 }, pagination,
        normalizer: { normalize: (item) => item } };`;
    const files = jsonConfig({ sources: ['./mine.mjs'], sinks: ['stdout'] });
    const { code, stderr } = await start(['run', '--mock'], await folder({ ...files, 'mine.mjs': source })).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('no embedded upstream for mine');
  });

  it('writes what it has when it is interrupted, and exits with 130', async () => {
    const rateLimit = { requests: 1, perMs: 60_000 };
    const config = {
      sources: [{ use: 'jsonplaceholder', rateLimit }],
      sinks: [{ use: 'json-file', path: 'out.json' }],
    };
    const cwd = await folder(jsonConfig(config));
    const run = start(['run', '--mock', '--log-level', 'debug'], cwd);
    await run.said('delivered');
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('press Ctrl-C again');
    const document = JSON.parse(await readFile(join(cwd, 'out.json'), 'utf8')) as {
      summary: { partial: boolean };
      products: unknown[];
    };
    expect(document.summary.partial).toBe(true);
    expect(document.products).toHaveLength(20);
  });

  it('ends at once at the second interrupt, however a sink hangs', async () => {
    const sink = `export default { name: 'hang', open: async () => ({
      write: () => new Promise((resolve) => setTimeout(resolve, 60000)), commit: async () => null, close: async () => {}, abort: async () => {} }) };`;
    const config = jsonConfig({ sources: ['jsonplaceholder'], sinks: ['./hang.mjs'] });
    const run = start(['run', '--mock', '--log-level', 'debug'], await folder({ ...config, 'hang.mjs': sink }));
    await run.said('delivered');
    run.kill('SIGTERM');
    await run.said('press Ctrl-C again');
    // A second one that follows within a moment is taken for the first, passed on by npm.
    const again = setInterval(() => run.kill('SIGINT'), 100);
    const { code } = await run.ended;
    clearInterval(again);
    expect(code).toBe(130);
  });

  it.each([
    ['waits for what never comes', 'new Promise(() => undefined)', /a promise was never settled/],
    ['ends the process as if all were well', 'process.exit(0)', /called process\.exit\(\)/],
  ])('fails with a word about it where a middleware %s', async (_, answer, words) => {
    const config = `export default { sources: ['jsonplaceholder'], sinks: ['stdout'],
      middleware: [{ name: 'odd', place: 'run', wrap: () => () => ${answer} }] };`;
    const [plain, json] = await Promise.all(
      [[], ['--json']].map(async (more) => {
        const files = { 'pipeline.config.mjs': config };
        return start(['run', '--quiet', ...more], await folder(files)).ended;
      }),
    );
    expect(plain).toMatchObject({ code: 1, stdout: '' });
    expect(plain?.stderr).toMatch(/^error: .*\n$/);
    expect(plain?.stderr).toMatch(words);
    expect(json?.code).toBe(1);
    expect(JSON.parse(json?.stderr ?? '')).toMatchObject({ level: 'error', error: 'internal_error' });
  });

  it('fails with a word about it where its own files are gone, even those that tell of failures', async () => {
    const cwd = await folder({});
    const installed = fileURLToPath(new URL('../..', import.meta.url));
    await cp(join(installed, 'dist'), join(cwd, 'dist'), { recursive: true });
    await cp(join(installed, 'package.json'), join(cwd, 'package.json'));
    await symlink(join(installed, 'node_modules'), join(cwd, 'node_modules'));
    for (const chunk of ['program', 'failure']) await rm(join(cwd, `dist/core/chunks/${chunk}.js`));
    const { code, stderr } = await start(['runs'], cwd, ['ignore', 'pipe', 'pipe'], join(cwd, 'dist/cli/main.js'))
      .ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*ERR_MODULE_NOT_FOUND.* replaced or removed.*\n$/);
  });

  it('serves the embedded upstreams on their own until it is interrupted', async () => {
    const mock = start(['mock']);
    await mock.said('press Ctrl-C');
    mock.kill('SIGINT');
    const { code, stdout } = await mock.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dummyjson +http:\/\/127\.0\.0\.1:\d+\/products$/m);
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
  });
});
