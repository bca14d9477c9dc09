import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The command as it is installed: built by `pretest`. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/**
 * What `pipeline plugins` prints where the config file, which is a program, leaves something open; and how long it lives
 * after its last word.
 */
async function pluginsBeside(left: string): Promise<{ readonly stderr: string; readonly ms: number }> {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'pipeline.config.mjs'), `${left}\nexport default { sources: ['dummyjson'] };\n`);
  let saidAt = 0;
  const child = spawn(process.execPath, [main, 'plugins'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    stdout += text.toString();
    saidAt = performance.now();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, listed: stdout.includes('dummyjson') }).toEqual({ code: 0, listed: true });
  return { stderr, ms: performance.now() - saidAt };
}

it('lets what a plugin has under way come to its end', { timeout: 20_000 }, async () => {
  const { stderr } = await pluginsBeside(`setTimeout(() => process.stderr.write('late'), 300);`);
  expect(stderr).toBe('late');
});

it(
  'lets what a plugin compresses come to its end, which no list of open handles tells of',
  { timeout: 20_000 },
  async () => {
    const { stderr } = await pluginsBeside(
      `import { gzip } from 'node:zlib';
    // Its last part is begun when all else is done.
    setTimeout(() => gzip(Buffer.alloc(60_000_000), () => process.stderr.write('late')), 300);`,
    );
    expect(stderr).toBe('late');
  },
);

it('lets a plugin wait for the natural end', { timeout: 20_000 }, async () => {
  const { stderr } = await pluginsBeside(`process.on('beforeExit', () => process.stderr.write('at the end'));`);
  expect(stderr).toBe('at the end');
});

it('ends two seconds after its work where something stays open', { timeout: 20_000 }, async () => {
  const { ms } = await pluginsBeside(`setInterval(() => undefined, 60_000);`);
  expect(ms).toBeGreaterThan(1_900);
});

it('ends at once where nothing is open but the pipes that it writes to', { timeout: 20_000 }, async () => {
  const { ms } = await pluginsBeside('');
  expect(ms).toBeLessThan(1_500);
});
