import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderPlugins } from '../../../cli/render/plugins.ts';

const plain = { weighted: false, children: [], incremental: false, conditional: false, enriched: false };

const plugins = {
  sources: [
    {
      name: 'dummyjson',
      baseUrl: 'https://dummyjson.com',
      rateLimits: [{ requests: 5, perMs: 1_000 }],
      limitGroup: undefined,
      auth: undefined,
      middleware: [],
      pagination: 'offset',
      limit: 20,
      mock: true,
      ...plain,
    },
    {
      name: 'feed',
      baseUrl: 'https://feed.example',
      rateLimits: [
        { requests: 1_000, perMs: 60_000 },
        { requests: 7, perMs: 250 },
      ],
      limitGroup: 'feeds',
      auth: undefined,
      middleware: [],
      pagination: 'next-url',
      limit: undefined,
      mock: false,
      ...plain,
    },
  ],
  sinks: [
    { name: 'json-file', options: true },
    { name: 'stdout', options: false },
  ],
  models: [{ name: 'product', fields: ['title', 'price'] }],
  engines: [{ name: 'bullmq' }],
} as const;

describe('renderPlugins', () => {
  it('lists sources with limit, pagination and page size, sinks, models and engines', () => {
    expect(renderPlugins(plugins, null, { width: 120, paint: createPaint(false) })).toEqual([
      'source     limit                                     auth  pagination  page size  mock  base URL',
      'dummyjson  5/s                                       –     offset             20  yes   https://dummyjson.com',
      'feed       1,000/min, 7 per 250 ms, shared as feeds  –     next-url            –  no    https://feed.example',
      '',
      'sinks',
      'json-file, stdout',
      '',
      'models',
      'product: title, price',
      '',
      'engines',
      'bullmq',
    ]);
  });

  it('fits a narrow terminal', () => {
    const lines = renderPlugins(plugins, null, { width: 40, paint: createPaint(false) });
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(lines[1]).toContain('dummyjson');
  });
  it('shows beside them all that the sources of the config do', () => {
    const shop = {
      ...plugins.sources[1],
      name: 'shop',
      weighted: true,
      auth: 'oauth2',
      children: [
        { name: 'reviews', rateLimits: [{ requests: 2, perMs: 1_000 }] },
        { name: 'photos', rateLimits: [] },
      ],
      incremental: true,
      conditional: true,
      enriched: true,
      middleware: [{ name: 'trace', place: 'hop' }],
    } as const;
    const config = { file: '/here/pipeline.config.ts', sources: [shop] };
    const lines = renderPlugins(plugins, config, { width: 300, paint: createPaint(false) });
    expect(lines).toContain('in pipeline.config.ts');
    const line = lines.find((each) => each.startsWith('shop')) ?? '';
    expect(line).toContain('1,000/min, 7 per 250 ms, weighted, shared as feeds');
    expect(line).toContain('oauth2');
    expect(line).toContain('children reviews 2/s, children photos, incremental, conditional, enriched');
    expect(line).toContain('trace (hop)');
  });

  it('says where to look when the config can’t be used', () => {
    const lines = renderPlugins(plugins, { file: null, sources: null }, { width: 80, paint: createPaint(false) });
    expect(lines.at(-1)).toContain('pipeline check');
  });
});
