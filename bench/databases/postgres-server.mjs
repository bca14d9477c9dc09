import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

/** Where PostgreSQL's programs are; undefined where it is not installed. */
export function findPrograms() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted().toReversed() : [];
  return versions.map((version) => join(root, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
}

/** Starts a server as it is after its installation, in a folder, reached by a socket in it; returns its URL and how to stop it. */
export async function startPostgres(programs, parent) {
  const id = (flag) => Number(execFileSync('id', [flag, 'nobody']).toString());
  // It refuses to be run by root.
  const user = process.getuid() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  const folder = join(parent, 'postgres');
  mkdirSync(folder);
  if (user.uid !== undefined) {
    chownSync(parent, user.uid, user.gid);
    chownSync(folder, user.uid, user.gid);
  }
  const data = join(folder, 'data');
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'sluice', '-E', 'UTF8', '--auth=trust'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  appendFileSync(join(data, 'postgresql.auto.conf'), `listen_addresses = ''\nunix_socket_directories = '${folder}'\n`);
  const server = spawn(join(programs, 'postgres'), ['-D', data], { ...user, cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const url = `postgres://sluice@/postgres?host=${encodeURIComponent(folder)}`;
  for (let tries = 0; ; tries += 1) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await wait(100);
    }
  }
  return {
    url,
    async stop() {
      server.kill('SIGQUIT');
      await ended;
    },
  };
}
