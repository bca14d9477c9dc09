/**
 * Installs the contestants that are no npm packages, versions pinned by the files beside this one, into a temporary
 * folder that later runs find again. `node bench/peers/install.mjs` does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const home = join(tmpdir(), 'sluice-bench-peers');

/** How each is installed into a folder, with the tools that have to be there. */
const installers = {
  dlt: { tool: 'python3', install: (folder) => virtualEnvironment(folder, 'dlt/requirements.txt') },
  tap: { tool: 'python3', install: (folder) => virtualEnvironment(folder, 'singer/requirements-tap.txt') },
  target: { tool: 'python3', install: (folder) => virtualEnvironment(folder, 'singer/requirements-target.txt') },
  benthos: { tool: 'go', install: buildBenthos },
};

/** Makes a peer ready: `{ folder }`, or `{ reason }` where it can't be had. */
export function installPeer(name) {
  const { tool, install } = installers[name];
  const folder = join(home, `${name}-${pinned()}`);
  const done = join(folder, 'installed');
  if (existsSync(done)) return { folder };
  try {
    execFileSync(tool, [tool === 'go' ? 'version' : '--version'], { stdio: 'ignore' });
  } catch {
    return { reason: `${tool} is not installed` };
  }
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    install(folder);
    writeFileSync(done, '');
    return { folder };
  } catch (error) {
    return { reason: `could not be installed: ${String(error.message).split('\n')[0]}` };
  }
}

function virtualEnvironment(folder, requirements) {
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'ignore' });
  const pip = ['-m', 'pip', 'install', '--quiet', '--requirement', join(import.meta.dirname, requirements)];
  execFileSync(join(folder, 'bin/python'), pip, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function buildBenthos(folder) {
  cpSync(join(import.meta.dirname, 'benthos'), folder, { recursive: true });
  execFileSync('go', ['build', '-o', 'benthos', '.'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Changes with any of the pinned versions. */
function pinned() {
  const hash = createHash('sha256');
  for (const folder of ['dlt', 'singer', 'benthos'].map((name) => join(import.meta.dirname, name))) {
    for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 8);
}

if (process.argv[1] === import.meta.filename) {
  for (const name of Object.keys(installers)) console.log(`${name}: ${installPeer(name).reason ?? 'installed'}`);
}
