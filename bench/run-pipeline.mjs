/** Runs the built `pipeline` against a fast upstream in another process, and measures it from outside. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

const main = join(import.meta.dirname, '../dist/cli/main.js');

/**
 * One run over `records` records into `sinks`, limits off. Gives the exit code, seconds, the peak resident memory in
 * megabytes as the kernel saw it, and the report's summary line.
 */
export async function runPipeline({ records, sinks, config = {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const upstream = spawn(process.execPath, [join(import.meta.dirname, 'fast-upstream.mjs'), String(records)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(upstream.stdout, 'data');
    const source = {
      use: 'dummyjson',
      baseUrl: `http://127.0.0.1:${String(port).trim()}`,
      rateLimit: { requests: 10_000_000, perMs: 1 },
      maxPages: 10_000_000,
    };
    writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify({ sources: [source], sinks, ...config }));
    const started = performance.now();
    const child = spawn(process.execPath, [main, 'run', '--json', '--log-level', 'error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    let peak = 0;
    // The kernel keeps the high-water mark; it is gone with the process, so it is read while that runs.
    const watch = setInterval(() => {
      try {
        peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak);
      } catch {
        // Ended between two looks.
      }
    }, 20);
    const [code] = await once(child, 'exit');
    clearInterval(watch);
    const seconds = (performance.now() - started) / 1000;
    return { code, seconds, peakMb: peak / 1024, summary: JSON.parse(stderr.trim().split('\n').at(-1) ?? 'null') };
  } finally {
    upstream.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
