import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../../cli/commands/check.ts';
import { previewCommand } from '../../../cli/commands/preview.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { CheckResult, Preview } from '../../../core/index.ts';
import { checkRun } from '../../../core/probe/check-run.ts';
import { previewSource } from '../../../core/probe/preview-source.ts';
import { drive, listed, page, probed } from '../../support/probe-upstream.ts';
import { inspectionPorts } from './inspection-ports.ts';

const good = { shop: (request: Parameters<typeof page>[0]) => page(request, 194) };

async function commands(answers: Parameters<typeof probed>[1], columns?: number) {
  const { config, services, clock } = await probed([listed('shop')], answers);
  const world = inspectionPorts(config, columns);
  const ports = {
    ...world.ports,
    checkRun: (...[given, , signal]: Parameters<typeof checkRun>) =>
      drive(clock, checkRun(given, services, signal), 10),
    previewSource: (...[given, , signal, wanted]: Parameters<typeof previewSource>) =>
      drive(clock, previewSource(given, services, signal, wanted)),
  };
  return { ...world, ports };
}

describe('checkCommand', () => {
  it('exits with 0 where a run could begin', async () => {
    const { ports, written } = await commands(good, 60);
    expect(await checkCommand({}, ports)).toBe(0);
    expect(written.stdout).toMatch(/\na run could begin\n$/);
  });

  it('exits with 2 where it could not, also as JSON', async () => {
    const { ports, written } = await commands({ shop: () => 401 });
    expect(await checkCommand({ json: true }, ports)).toBe(2);
    const { ok, findings } = JSON.parse(written.stdout) as CheckResult;
    expect(ok).toBe(false);
    expect(findings.find(({ ok: each }) => !each)).toMatchObject({ what: 'source', name: 'shop', code: 'http_401' });
  });

  it('has the problems of a config among its findings, and asks nobody then', async () => {
    const { ports, written } = await commands(good);
    const loadConfig = () => Promise.reject(new SluiceError('config_not_found', 'no config in /x\n  name one'));
    expect(await checkCommand({}, { ...ports, loadConfig })).toBe(2);
    expect(written.stdout).toContain('FAIL config: config_not_found: no config in /x\n  → name one\n');
  });

  it('throws on what nobody expected', async () => {
    const { ports } = await commands(good);
    const loadConfig = () => Promise.reject(new TypeError('a bug'));
    await expect(checkCommand({}, { ...ports, loadConfig })).rejects.toThrow('a bug');
  });

  it('exits with 130 at a Ctrl-C', async () => {
    const { ports, written } = await commands({ shop: () => process.emit('SIGINT') });
    expect(await checkCommand({}, ports)).toBe(130);
    expect(written.stdout).toBe('');
  });
});

describe('previewCommand', () => {
  it('shows as many items as it is asked for, and loads that source alone', async () => {
    const { ports, written, loadConfig } = await commands(good, 60);
    expect(await previewCommand('shop', { count: 3 }, ports)).toBe(0);
    expect(written.stdout).toContain('3. item 2 of');
    expect(written.stdout).toContain('shop: 3 items, 3 records; there may be more');
    expect(loadConfig.mock.calls[0]?.[0]).toMatchObject({ overrides: { sources: ['shop'] } });
  });

  it('prints one document with --json', async () => {
    const { ports, written } = await commands(good);
    expect(await previewCommand('shop', { count: 2, json: true }, ports)).toBe(0);
    expect((JSON.parse(written.stdout) as Preview).items).toHaveLength(2);
  });

  it('exits with 1 where the source could not be asked', async () => {
    const { ports, written } = await commands({});
    expect(await previewCommand('shop', { count: 5 }, ports)).toBe(1);
    expect(written.stdout).toContain('network_error: ECONNREFUSED: nobody there');
  });

  it('exits with 130 at a Ctrl-C', async () => {
    const { ports } = await commands({ shop: () => process.emit('SIGINT') });
    expect(await previewCommand('shop', { count: 5 }, ports)).toBe(130);
  });
});
