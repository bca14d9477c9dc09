import { execFile, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Whether there is a Redis server to be started. */
export function hasRedis() {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts a server in a folder, with its log of writes on the disk each second as a production server has it. */
export async function startRedis(folder) {
  const port = await freePort();
  const how = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
  const server = spawn('redis-server', how.map(String), { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const ask = async (...command) =>
    (await promisify(execFile)('redis-cli', ['-p', String(port), ...command])).stdout.trim();
  for (let tries = 0; ; tries += 1) {
    try {
      if ((await ask('PING')) === 'PONG') break;
    } catch (error) {
      if (tries > 100) throw error;
    }
    await wait(50);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    /** What it has done so far: scripts, commands with those in scripts, processor time, traffic, memory. */
    async usage() {
      const [cpu, stats, memory, commands] = await Promise.all(
        ['cpu', 'stats', 'memory', 'commandstats'].map((section) => ask('INFO', section)),
      );
      const value = (text, name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
      const scripts = [...commands.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)];
      return {
        cpuMs: (value(cpu, 'used_cpu_sys') + value(cpu, 'used_cpu_user')) * 1000,
        commands: value(stats, 'total_commands_processed'),
        scripts: scripts.reduce((sum, [, count]) => sum + Number(count), 0),
        bytesIn: value(stats, 'total_net_input_bytes'),
        bytesOut: value(stats, 'total_net_output_bytes'),
        memory: value(memory, 'used_memory'),
      };
    },
    async stop() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => void probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => void probe.close(resolve));
  return port;
}
