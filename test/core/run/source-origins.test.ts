import { expect, it } from 'vitest';
import { sourceOrigins } from '../../../core/run/source-origins.ts';
import { resolvedSource } from '../../support/resolved-source.ts';

const secrets = ['t0p-s3cret'];

it('says whom each source asks, without credentials', () => {
  const sources = [
    resolvedSource('https://me:pass@shop.test/api', { name: 'one' }),
    resolvedSource('https://shop.test/t0p-s3cret/', { name: 'two' }),
    resolvedSource('http://127.0.0.1:4001', { name: 'three', identity: 'embedded upstream of three' }),
  ];
  const origins = sourceOrigins(sources, { since: {}, secrets });
  expect(origins['one']).toEqual({ upstream: 'https://shop.test/api', changesOnly: false });
  expect(origins['two']?.upstream).not.toContain('t0p-s3cret');
  expect(origins['three']?.upstream).toBe('embedded upstream of three');
});

it('says which are asked for changes only', () => {
  const source = resolvedSource('https://shop.test');
  const incremental = { field: 'updated', param: 'since' } as const;
  const asked = { ...source, plugin: { ...source.plugin, incremental } };
  const from = {
    ...source,
    plugin: { ...source.plugin, incremental: { ...incremental, start: '2026-01-01T00:00:00Z' } },
  };
  const changesOnly = (each: typeof source, since = {}) =>
    sourceOrigins([each], { since, secrets })['shop']?.changesOnly;
  expect([changesOnly(source), changesOnly(asked), changesOnly(from)]).toEqual([false, false, true]);
  expect(changesOnly(asked, { shop: '2026-11-01T00:00:00Z' })).toBe(true);
});
