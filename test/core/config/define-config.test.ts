import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { SinkEntry, SourceEntry } from '../../../core/config/define-config.ts';
import type { SinkOptions as Known } from '../../../core/config/plugin-options.ts';
import { defineConfig } from '../../../core/index.ts';
import { defineSourceFactory, type SinkPlugin, type SourcePlugin } from '../../../core/plugin.ts';
import type csv from '../../../plugins/sinks/csv/index.ts';
import type jsonFile from '../../../plugins/sinks/json-file/index.ts';
import type ndjson from '../../../plugins/sinks/ndjson/index.ts';
import type stdout from '../../../plugins/sinks/stdout/index.ts';

// As the author of a package tells the types what his plugins take.
declare module '../../../core/index.ts' {
  interface SinkOptions {
    'sluice-plugin-queue': { readonly topic: string };
  }
  interface SourceOptions {
    'sluice-plugin-market': { readonly region?: 'eu' | 'us' };
    'sluice-plugin-keyed': { readonly key: string };
  }
}

const source: SourcePlugin = {
  name: 'shop',
  baseUrl: 'https://shop.example',
  rateLimit: { requests: 1, perMs: 1 },
  pagination: { style: 'single', needs: 'headers', first: () => [], next: () => [] },
  normalizer: { normalize: () => ({ id: 1 }) },
};
const shop = defineSourceFactory({
  name: 'shop',
  options: z.strictObject({ region: z.enum(['eu', 'us']), size: z.int().default(20) }),
  create({ region, size }) {
    expectTypeOf(region).toEqualTypeOf<'eu' | 'us'>();
    expectTypeOf(size).toEqualTypeOf<number>();
    return source;
  },
});
const sinks = ['stdout'] as const;

/** The options of a plugin, as a config may write them. */
type Written<Plugin> = Plugin extends SinkPlugin<infer Options> ? Partial<Options> : never;

// The compiler checks this file: each line that it must refuse stands under a comment which fails where it does not.
describe('defineConfig', () => {
  it('gives back what it was given, with its types', () => {
    const config = defineConfig({
      sources: [
        'dummyjson',
        source,
        { use: './mine.ts', options: { any: 1 } },
        { use: shop, options: { region: 'eu' } },
      ],
      sinks: [
        { use: 'json-file', path: 'a.json', timeoutMs: 5 },
        { use: './mine.ts', any: 'thing' },
        { use: 'unheard-of' },
      ],
      onSourceFailure: 'abort',
    });
    expect(config.sinks[0].path).toBe('a.json');
    expectTypeOf(config.sinks[0].use).toEqualTypeOf<'json-file'>();
  });

  it('knows the options of the built-in sinks', () => {
    expectTypeOf<Known['csv']>().toEqualTypeOf<Readonly<Written<typeof csv>>>();
    expectTypeOf<Known['json-file']>().toEqualTypeOf<Readonly<Written<typeof jsonFile>>>();
    expectTypeOf<Known['ndjson']>().toEqualTypeOf<Readonly<Written<typeof ndjson>>>();
    expectTypeOf<Known['stdout']>().toEqualTypeOf<Readonly<Written<typeof stdout>>>();
    // @ts-expect-error -- the option is called path
    defineConfig({ sources: ['dummyjson'], sinks: [{ use: 'json-file', pathh: 'a.json' }] });
    // @ts-expect-error -- a path is a text
    defineConfig({ sources: ['dummyjson'], sinks: ['stdout', { use: 'ndjson', path: 5 }] });
    // @ts-expect-error -- it has no such option
    defineConfig({ sources: ['dummyjson'], sinks: [{ use: 'stdout', path: 'a.json' }] });
  });

  it('knows the options of packages whose authors tell them', () => {
    defineConfig({ sources: ['sluice-plugin-market'], sinks: [{ use: 'sluice-plugin-queue', topic: 'a', name: 'b' }] });
    const market = defineConfig({ sources: [{ use: 'sluice-plugin-market', options: { region: 'eu' } }], sinks });
    expect(market.sources[0].options.region).toBe('eu');
    defineConfig({ sources: [{ use: 'sluice-plugin-market', concurrency: 2 }], sinks });
    // @ts-expect-error -- the topic is missing
    defineConfig({ sources: ['dummyjson'], sinks: [{ use: 'sluice-plugin-queue' }] });
    // @ts-expect-error -- there is no such region
    defineConfig({ sources: [{ use: 'sluice-plugin-market', options: { region: 'cn' } }], sinks });
    // @ts-expect-error -- there is no such option
    defineConfig({ sources: [{ use: 'sluice-plugin-market', options: { regon: 'eu' } }], sinks });
    // @ts-expect-error -- the key is missing
    defineConfig({ sources: [{ use: 'sluice-plugin-keyed' }], sinks });
  });

  it('knows the options of a factory that the config imports', () => {
    const made = defineConfig({ sources: [{ use: shop, options: { region: 'us', size: 5 }, name: 'us' }], sinks });
    expect(made.sources[0].use).toBe(shop);
    // @ts-expect-error -- the region is missing
    defineConfig({ sources: [{ use: shop }], sinks });
    // @ts-expect-error -- there is no such region
    defineConfig({ sources: [{ use: shop, options: { region: 'cn' } }], sinks });
    // @ts-expect-error -- there is no such option
    defineConfig({ sources: [{ use: shop, options: { region: 'eu', colour: 'red' } }], sinks });
  });

  it('refuses settings of the run that there are not', () => {
    expect(defineConfig({ sources: ['dummyjson'], sinks, onSourceFailure: 'abort' })).toHaveProperty('onSourceFailure');
    // @ts-expect-error -- it is called onSourceFailure
    defineConfig({ sources: ['dummyjson'], sinks, onSourceFail: 'abort' });
    // @ts-expect-error -- it is called concurrency
    defineConfig({ sources: [{ use: 'dummyjson', parallel: 5 }], sinks });
    // @ts-expect-error -- they are called threads
    defineConfig({ sources: ['dummyjson'], sinks, workers: { thread: 2 } });
    // @ts-expect-error -- there is no such choice
    defineConfig({ sources: ['dummyjson'], sinks, onSourceFailure: 'stop' });
  });

  it('lets an entry be written down by itself', () => {
    expectTypeOf<{ use: 'json-file'; path: string }>().toExtend<SinkEntry>();
    expectTypeOf<{ use: 'sluice-plugin-market'; options: { region: 'eu' } }>().toExtend<SourceEntry>();
  });
});
