import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');

/** What a command ended with. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of a user, outside of the repository, with what npm packs of this package installed in it. */
export interface PackedProject {
  readonly folder: string;
  /** Runs Node on a file or with options. */
  node(...args: readonly string[]): Promise<Ended>;
  /** Runs the command `pipeline` of the package that is installed. */
  pipeline(...args: readonly string[]): Promise<Ended>;
  /** Checks the project's types; returns what the compiler says. */
  compile(include: readonly string[]): Promise<string>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  read(file: string): Promise<string>;
  /** Packs a folder of the project as npm would publish it, and installs what was packed. */
  install(folder: string): Promise<void>;
}

/**
 * Creates a project with this package packed and installed. Nothing is downloaded: what is packed is unpacked as npm does,
 * and its dependencies are links to those of the repository, which `npm ci` has put there.
 */
export async function packedProject(): Promise<PackedProject> {
  const folder = await temporaryFolder();
  const modules = join(folder, 'node_modules');
  await linkAll(join(repository, 'node_modules'), modules);
  await writeFile(join(folder, 'package.json'), '{ "name": "project-of-a-user", "private": true, "type": "module" }');
  await unpack(await (framework ??= pack(repository)), 'sluice');

  async function unpack(archive: string, name: string): Promise<void> {
    await mkdir(join(modules, name), { recursive: true });
    await run('tar', ['-xzf', archive, '--strip-components=1', '-C', join(modules, name)], folder);
  }

  return {
    folder,
    node: (...args) => end(process.execPath, args, folder),
    pipeline: (...args) => end(process.execPath, [join(modules, 'sluice/dist/cli/main.js'), ...args], folder),
    async compile(include) {
      const compilerOptions = {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        types: ['node'],
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      const { stdout, stderr } = await end(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], folder);
      return stdout + stderr;
    },
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    read: (file) => readFile(join(folder, file), 'utf8'),
    async install(from) {
      const manifest = JSON.parse(await readFile(join(folder, from, 'package.json'), 'utf8')) as { name: string };
      await unpack(await pack(join(folder, from)), manifest.name);
    },
  };
}

/** This package, packed once for all tests of a file; the folder is the operating system's to clear. */
let framework: Promise<string> | undefined;

/** Packs a folder without building it: `pretest` has, and to build amid the tests would take `dist` away from others. */
async function pack(folder: string): Promise<string> {
  const to = await mkdtemp(join(tmpdir(), 'sluice-packed-'));
  await run('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', to], folder);
  const [file = ''] = await readdir(to);
  return join(to, file);
}

/** Links every package of a folder into another, those with a scope one level deeper. */
async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.')) continue;
    if (name.startsWith('@')) await linkAll(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name), 'junction');
  }
}

const execute = promisify(execFile);

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  await execute(command, args, { cwd, shell: process.platform === 'win32' });
}

async function end(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  // As a shell of the user's would run it: vitest's own variables would change what Node's test runner prints.
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: _context, VITEST: _vitest, ...env } = process.env;
  return execute(command, args, { cwd, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code?: number; stdout: string; stderr: string }) => ({
      code: error.code ?? -1,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}
