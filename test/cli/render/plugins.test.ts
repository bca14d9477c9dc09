import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { renderPlugins } from '../../../cli/render/plugins.ts';

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
    },
  ],
  sinks: [
    { name: 'json-file', options: true },
    { name: 'stdout', options: false },
  ],
  models: [{ name: 'product', fields: ['title', 'price'] }],
} as const;

describe('renderPlugins', () => {
  it('lists sources with limit, pagination and page size, sinks and models', () => {
    expect(renderPlugins(plugins, { width: 120, paint: createPaint(false) })).toEqual([
      'source     limit                                     auth  pagination  page size  mock  base URL',
      'dummyjson  5/s                                       –     offset             20  yes   https://dummyjson.com',
      'feed       1,000/min, 7 per 250 ms, shared as feeds  –     next-url            –  no    https://feed.example',
      '',
      'sinks',
      'json-file, stdout',
      '',
      'models',
      'product: title, price',
    ]);
  });

  it('fits a narrow terminal', () => {
    const lines = renderPlugins(plugins, { width: 40, paint: createPaint(false) });
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(lines[1]).toContain('dummyjson');
  });
});
