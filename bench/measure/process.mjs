/** Processes, measured from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Between two looks at the memory; the kernel keeps the high-water mark, so nothing but the last moment is missed. */
const lookMs = 20;

/**
 * Runs a command to its end. Gives seconds from start to exit, peak resident memory in MB (that of its children
 * added), and what it printed. Throws where it fails or takes longer than `timeoutMs`.
 */
export async function measureProcess(command, args, { cwd, env, timeoutMs = 600_000 } = {}) {
  const started = performance.now();
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const peaks = new Map();
  const watch = setInterval(() => notePeaks(child.pid, peaks), lookMs);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const exited = once(child, 'exit').then((result) => ({ result, ended: performance.now() }));
    const [{ result, ended }] = await Promise.all([exited, once(child, 'close')]);
    const [code, signal] = result;
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}:\n${tail(stderr)}`);
    const peakMb = [...peaks.values()].reduce((sum, peak) => sum + peak, 0) / 1024;
    return { seconds: (ended - started) / 1000, peakMb, stdout, stderr };
  } finally {
    clearInterval(watch);
    clearTimeout(timer);
  }
}

/** Notes the high-water marks of a process and of all below it, in KB. */
function notePeaks(pid, peaks) {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (peak !== undefined) peaks.set(pid, Number(peak));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children !== '') for (const below of children.split(' ')) notePeaks(Number(below), peaks);
  } catch {
    // Ended between two looks, or no system with /proc.
  }
}

const tail = (text) => text.slice(-2000);
