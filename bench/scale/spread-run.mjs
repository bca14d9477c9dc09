import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pipelineMain } from '../suite/dist.mjs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString());

/** Milliseconds of processor time that a living process has used. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/**
 * Runs a config in `folder` on `workers` processes that are there before it begins, each with at most `inHand` pages. Gives seconds from the run's start to
 * its end by its own word, processor time of the workers, of the coordinator before and after the run's start, and what
 * Redis did. Throws where a record is missing.
 */
export async function spreadRun({ folder, config, workers: count, inHand, redis, records }) {
  writeFileSync(join(folder, 'pipeline.config.json'), JSON.stringify(config));
  const start = (...args) =>
    spawn(process.execPath, [pipelineMain, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const workers = Array.from({ length: count }, () =>
    start('worker', '--json', ...(inHand === undefined ? [] : ['--concurrency', String(inHand)])),
  );
  await Promise.all(workers.map((worker) => once(worker.stderr, 'data')));
  const idle = workers.map(({ pid }) => cpuMs(pid));
  const before = await redis.usage();
  const coordinator = start('run', '--json');
  let said = '';
  coordinator.stderr.on('data', (text) => (said += text));
  for (const worker of workers) worker.stderr.resume();
  // The first that it says is that the run begins: until then nothing is of a page.
  let startMs;
  coordinator.stderr.once('data', () => (startMs = cpuMs(coordinator.pid)));
  let coordinatorMs = 0;
  let peakMemory = before.memory;
  const ended = once(coordinator, 'close');
  for (let looks = 0; ; looks += 1) {
    try {
      coordinatorMs = cpuMs(coordinator.pid);
    } catch {
      // It has ended.
      break;
    }
    // Seldom: asking is a command, too.
    if (looks % 20 === 10) peakMemory = Math.max(peakMemory, (await redis.usage()).memory);
    await wait(20);
  }
  const [code] = await ended;
  const after = await redis.usage();
  const workerMs = workers.reduce((sum, { pid }, index) => sum + cpuMs(pid) - idle[index], 0);
  for (const worker of workers) {
    worker.kill('SIGTERM');
    await once(worker, 'close');
  }
  const summary = JSON.parse(said.trim().split('\n').at(-1));
  if (code !== 0 || summary.total_products !== records) {
    throw new Error(`exit ${code}, ${summary.total_products} records of ${records}: ${said}`);
  }
  return {
    seconds: summary.processing_time_seconds,
    startMs,
    coordinatorMs: coordinatorMs - startMs,
    workerMs,
    redisMs: after.cpuMs - before.cpuMs,
    commands: after.commands - before.commands,
    scripts: after.scripts - before.scripts,
    bytesIn: after.bytesIn - before.bytesIn,
    bytesOut: after.bytesOut - before.bytesOut,
    memory: peakMemory - before.memory,
  };
}
