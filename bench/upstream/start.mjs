import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts an upstream of `records` records in a process of its own; `latencyMs` is waited before each answer. */
export async function startUpstream({ records, latencyMs = 0 }) {
  const server = join(import.meta.dirname, 'server.mjs');
  const child = spawn(process.execPath, [server, String(records), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${String(port).trim()}`, stop: () => child.kill() };
}
