import { describe, expect, it } from 'vitest';
import { planCommand } from '../../../cli/commands/plan.ts';
import type { RunForecast } from '../../../core/index.ts';
import { planRun } from '../../../core/probe/plan-run.ts';
import { drive, listed, page, probed } from '../../support/probe-upstream.ts';
import { inspectionPorts } from './inspection-ports.ts';

async function planning(answers: Parameters<typeof probed>[1], columns?: number) {
  const { config, services, clock } = await probed([listed('shop')], answers);
  const world = inspectionPorts(config, columns);
  const ports = {
    ...world.ports,
    planRun: (...[given, , signal]: Parameters<typeof planRun>) => drive(clock, planRun(given, services, signal)),
  };
  return { ...world, ports };
}

describe('planCommand', () => {
  it('prints a table on stdout and exits with 0', async () => {
    const { ports, written, loadConfig } = await planning({ shop: (request) => page(request, 194) }, 60);
    expect(await planCommand({ config: 'x.json', source: ['shop'] }, ports)).toBe(0);
    expect(written.stdout).toMatch(/^shop +10 /m);
    expect(written.stdout).toContain('whole run: 10 pages, 1.07 s');
    // The word that says what it waits for is gone again.
    expect(written.stderr).toBe('asking shop for the first page …\r\u001b[K');
    expect(loadConfig.mock.calls[0]?.[0]).toMatchObject({ file: 'x.json', overrides: { sources: ['shop'] } });
  });

  it('prints one document with --json, and nothing else where there is no terminal', async () => {
    const { ports, written } = await planning({ shop: (request) => page(request, 194) });
    expect(await planCommand({ json: true }, ports)).toBe(0);
    expect((JSON.parse(written.stdout) as RunForecast).run).toMatchObject({ pages: 10, whole: true });
    expect(written.stderr).toBe('');
  });

  it('exits with 1 where a source could not be asked', async () => {
    const { ports, written } = await planning({});
    expect(await planCommand({}, ports)).toBe(1);
    expect(written.stdout).toContain('shop: network_error: ECONNREFUSED: nobody there');
  });

  it('exits with 130 at a Ctrl-C, without a table', async () => {
    const { ports, written } = await planning({ shop: () => process.emit('SIGINT') });
    expect(await planCommand({}, ports)).toBe(130);
    expect(written.stdout).toBe('');
  });
});
