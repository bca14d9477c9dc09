import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../cli/arguments.ts';
import { parseMetricsAddress } from '../../cli/metrics/address.ts';
import { loadConfig } from '../../core/index.ts';

const folder = join(import.meta.dirname, '../../docs/deploy');

type Node = Readonly<Record<string, unknown>>;

/** The documents of a YAML file. */
function documents(name: string): readonly Node[] {
  return readFileSync(join(folder, name), 'utf8')
    .split(/^---$/m)
    .map((text) => defaultLoaders['.yaml'](name, text) as Node);
}

/** What stands at a path; throws where there is nothing. */
function at(node: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const next: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    if (next === undefined) throw new Error(`nothing at ${path.join('.')}`);
    return next;
  }, node);
}

const env = { REDIS_URL: 'redis://:secret@redis:6379', DATABASE_URL: 'postgres://sluice:secret@postgres/sluice' };

function withoutComments(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .trim();
}

describe('docs/deploy', () => {
  test('its config can be used, and is the one of the ConfigMap', async () => {
    const map = documents('kubernetes.yaml').find(({ kind }) => kind === 'ConfigMap');
    const text = String(at(map, 'data', 'pipeline.config.yaml'));
    expect(text.trim()).toBe(withoutComments('pipeline.config.yaml'));
    const config = await loadConfig({ cwd: folder, file: join(folder, 'pipeline.config.yaml'), env });
    expect(config.engine?.plugin.name).toBe('bullmq');
    expect(config.sinks.map(({ plugin }) => plugin.distributed)).toEqual(['direct']);
  });

  test('compose.yaml has servers, a coordinator, workers that drain in time, and Prometheus where they listen', () => {
    const [compose] = documents('compose.yaml');
    expect(Object.keys(at(compose, 'services') as Node).toSorted()).toEqual(
      ['coordinator', 'postgres', 'prometheus', 'redis', 'worker'].toSorted(),
    );
    const [, , drain = ''] = at(compose, 'services', 'worker', 'command') as readonly string[];
    const grace = String(at(compose, 'services', 'worker', 'stop_grace_period'));
    expect(parseDuration(grace)).toBeGreaterThan(parseDuration(drain));
    const [prometheus] = documents('prometheus.yaml');
    const port = at(prometheus, 'scrape_configs', 0, 'dns_sd_configs', 0, 'port');
    for (const service of ['coordinator', 'worker']) {
      const command = at(compose, 'services', service, 'command') as readonly string[];
      const address = parseMetricsAddress(command[command.indexOf('--metrics-port') + 1] ?? '');
      expect(address).toEqual({ host: '0.0.0.0', port });
      // What the anchor brings.
      expect(at(compose, 'services', service, 'environment', 'REDIS_URL')).toContain('@redis:6379');
    }
    expect(at(compose, 'services', 'redis', 'command')).toContain('noeviction');
  });

  test('kubernetes.yaml has all that belongs together', () => {
    const all = documents('kubernetes.yaml');
    const kinds = all.map(({ kind }) => kind);
    expect(kinds).toEqual([
      'Secret',
      'ConfigMap',
      'Service',
      'StatefulSet',
      'CronJob',
      'Deployment',
      'PodDisruptionBudget',
      'ScaledObject',
    ]);
    const worker = all.find(({ kind }) => kind === 'Deployment');
    const pod = at(worker, 'spec', 'template', 'spec');
    const args = at(pod, 'containers', 0, 'args') as readonly string[];
    const drainMs = parseDuration(args[args.indexOf('--drain') + 1] ?? '');
    expect(Number(at(pod, 'terminationGracePeriodSeconds')) * 1000).toBeGreaterThan(drainMs);
    expect(parseMetricsAddress(args[args.indexOf('--metrics-port') + 1] ?? '').port).toBe(
      at(pod, 'containers', 0, 'ports', 0, 'containerPort'),
    );
    const scaled = all.find(({ kind }) => kind === 'ScaledObject');
    expect(at(scaled, 'spec', 'scaleTargetRef', 'name')).toBe(at(worker, 'metadata', 'name'));
    // What it scales by is what the coordinator tells.
    const told = readFileSync(join(folder, '../../cli/metrics/run-metrics.ts'), 'utf8');
    const query = String(at(scaled, 'spec', 'triggers', 0, 'metadata', 'query'));
    const names = [...query.matchAll(/sluice_(\w+)/g)].map(([, name = '']) => name);
    expect(names).toEqual(['pages_waiting', 'pages_in_hand']);
    for (const name of names) expect(told).toContain(`'${name}'`);
    expect(
      at(
        all.find(({ kind }) => kind === 'StatefulSet'),
        'spec',
        'template',
        'spec',
        'containers',
        0,
        'args',
      ),
    ).toContain('noeviction');
  });

  test('the image that theirs is made from installs every optional package, in the version that is tested', () => {
    const root = join(folder, '../..');
    const read = (name: string): string => readFileSync(join(root, name), 'utf8');
    const { peerDependencies } = JSON.parse(read('package.json')) as { readonly peerDependencies: Node };
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly version: string }>>;
    };
    const [, script = ''] = /npm install [^$]*\$\(node -p "([^"]*)"\)/.exec(read('Dockerfile')) ?? [];
    const told = execFileSync('node', ['-p', script.replaceAll('\\\n', '')], { cwd: root, encoding: 'utf8' });
    const names = Object.keys(peerDependencies);
    expect(names).toContain('bullmq');
    expect(told.trim().split(' ')).toEqual(names.map((name) => `${name}@${packages[`node_modules/${name}`]?.version}`));
    expect(read('docs/deploy/Dockerfile')).not.toContain('npm install');
  });
});
