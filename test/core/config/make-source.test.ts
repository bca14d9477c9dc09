import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configIssues } from '../../../core/config/issues.ts';
import { loadConfig } from '../../../core/config/load.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';
import type { ResolvedSource } from '../../../core/config/resolved.ts';
import { defineNormalizer, defineSource, defineSourceFactory, singlePage } from '../../../core/plugin.ts';
import { loadSource } from '../../../core/registry/load-located.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { builtinFiles, sourceText, writeFiles } from './write-files.ts';

/** A factory by hand, without any library: it wants a region, and makes a source that is called after it. */
const factoryText = `({
  name: 'shop',
  options: { '~standard': { version: 1, vendor: 'test', async validate({ region = 'eu', ...rest }) {
    const issues = Object.keys(rest).map((key) => ({ message: 'no such option', path: [key] }));
    if (!['eu', 'us', 'bad', 'worse'].includes(region)) issues.push({ message: 'must be eu or us', path: ['region'] });
    return issues.length > 0 ? { issues } : { value: { region, since: new Date(0) } };
  } } },
  create({ region, since }) {
    if (region === 'bad') throw new Error('nobody sells there');
    if (region === 'worse') return { name: 'shop' };
    return { ...${sourceText('x')}, name: 'shop-' + region, baseUrl: 'https://' + region + '.example/' + since.getTime() };
  },
})`;

const files = { ...builtinFiles, 'shop.mjs': `export default ${factoryText};` };

async function resolveIn(folder: string, sources: readonly unknown[], env: Record<string, string> = {}) {
  const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
  return resolveConfig({ sources, sinks: ['log'] }, { registry, baseDir: folder, env });
}

async function problems(sources: readonly unknown[]): Promise<readonly string[]> {
  const error: unknown = await resolveIn(await writeFiles(files), sources).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return configIssues(error).map(({ path, problem, hints }) => [`${path}: ${problem}`, ...hints].join(' | '));
}

const remade = ({ locator, name }: ResolvedSource) => loadSource(locator, name);

describe('a source that a factory makes', () => {
  it('comes by its options, two of one factory, and is made again of the same ones', async () => {
    const entries = [
      { use: './shop.mjs', options: { region: '${REGION}' } },
      { use: './shop.mjs', options: {}, name: 'other', concurrency: 2 },
      './shop.mjs',
    ];
    const { sources, secrets } = await resolveIn(await writeFiles(files), entries, { REGION: 'us' });
    expect(sources.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['shop-us', 'https://us.example/0'],
      ['other', 'https://eu.example/0'],
      ['shop-eu', 'https://eu.example/0'],
    ]);
    expect(sources[0]?.locator).toMatchObject({ kind: 'module', options: { region: 'us' } });
    expect(secrets).toContain('us');
    const again = await Promise.all(sources.map(remade));
    expect(again.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['shop-us', 'https://us.example/0'],
      ['shop-eu', 'https://eu.example/0'],
      ['shop-eu', 'https://eu.example/0'],
    ]);
    // What goes to a worker is data alone.
    expect(structuredClone(sources.map(({ locator }) => locator))).toEqual(sources.map(({ locator }) => locator));
  });

  it.each(['ts', 'mjs'])(
    'is made again of what stands inline in a config, each by its place: %s',
    async (extension) => {
      const folder = await writeFiles({
        ...files,
        [`pipeline.config.${extension}`]: `
        import shop from './shop.mjs';
        const other = { ...shop, create: () => ({ ...${sourceText('other')} }) };
        export default {
          sources: ['alpha', { use: shop, options: { region: 'us' } }, { use: other }, shop],
          sinks: ['log'],
        };`,
      });
      const registry = createRegistry(pathToFileURL(`${folder}/plugins/`).href);
      const { sources } = await loadConfig({ cwd: folder, env: {}, registry });
      expect(sources.map(({ name }) => name)).toEqual(['alpha', 'shop-us', 'other', 'shop-eu']);
      expect((await Promise.all(sources.map(remade))).map(({ name }) => name)).toEqual([
        'alpha',
        'shop-us',
        'other',
        'shop-eu',
      ]);
    },
  );

  it('is found by the module that its normalizer names, where a program gives the factory', async () => {
    const module = pathToFileURL(`${await writeFiles(files)}/shop.mjs`).href;
    const shop = defineSourceFactory({
      name: 'shop',
      options: z.strictObject({ region: z.enum(['eu', 'us']).default('eu') }),
      create: ({ region }) =>
        defineSource({
          name: `shop-${region}`,
          baseUrl: 'https://shop.example',
          rateLimit: { requests: 1, perMs: 1 },
          pagination: singlePage({ path: '/' }),
          normalizer: defineNormalizer({ module, normalize: () => ({ id: 1 }) }),
        }),
    });
    const { sources } = await resolveIn(await writeFiles(files), [{ use: shop, options: { region: 'us' } }]);
    expect(sources[0]?.locator).toEqual({ kind: 'module', url: module, options: { region: 'us' } });
  });

  it('tells what is wrong with options at their own path, all at once with the rest', async () => {
    const zodFactory = defineSourceFactory({
      name: 'typed',
      options: z.strictObject({ region: z.enum(['eu', 'us']), size: z.int().max(100).default(20) }),
      create: () => expect.unreachable('its options are wrong'),
    });
    expect(
      await problems([
        { use: './shop.mjs', options: { region: 'cn', colour: 'red' } },
        { use: zodFactory, options: { region: 'eu', sise: 3 } },
        { use: zodFactory, options: { region: 'xx', size: 1000 } },
        { use: 'alpha', options: { region: 'eu' }, concurrency: 0 },
        { use: './shop.mjs', options: 'eu' },
      ]),
    ).toEqual([
      'sources[0].options.colour: no such option',
      'sources[0].options.region: must be eu or us',
      'sources[1].options.sise: there is no option "sise" | did you mean "size"? | allowed: region, size',
      'sources[2].options.region: found "xx" | allowed: "eu" or "us"',
      expect.stringMatching(/^sources\[2\]\.options\.size: found 1000 \| allowed: a whole number .*to 100$/),
      expect.stringMatching(/^sources\[3\]\.concurrency: found 0/),
      expect.stringMatching(/^sources\[3\]\.options: the source "alpha" takes no options \| only one that is made/),
      expect.stringMatching(/^sources\[4\]\.options: found "eu" \| allowed: an object/),
    ]);
  });

  it.each([
    [new Date(0), 'is a Date'],
    [() => 1, 'is a function'],
    [Number.NaN, 'is NaN'],
    [10n, 'is a bigint'],
    [new Map(), 'is a Map'],
  ])('takes only options that a thread can be sent, not %s', async (value, what) => {
    expect(await problems([{ use: './shop.mjs', options: { deep: [1, { value }] } }])).toEqual([
      `sources[0].options.deep[1].value: ${what}, which JSON can't hold | worker threads make the source again, from options that are plain JSON`,
    ]);
  });

  it('tells of a create that throws, or makes no source', async () => {
    const [threw, made] = await problems([
      { use: './shop.mjs', options: { region: 'bad' } },
      { use: './shop.mjs', options: { region: 'worse' } },
    ]);
    expect(threw).toBe('sources[0]: create of the factory "shop" threw: nobody sells there');
    expect(made).toMatch(/^sources\[1\]: what create of the factory "shop" returns is not a source \| baseUrl must be/);
  });

  it('tells of a factory that is none, and of two that make sources of one name', async () => {
    const broken = { name: 'Broken', create: 5, api: 1 };
    const [none, second] = await problems([broken, './shop.mjs', { use: './shop.mjs', options: { region: 'eu' } }]);
    expect(none).toMatch(
      /^sources\[0\]: this object is not a source \| name is "Broken".* \| options must be a schema.* \| create must be a function.* \| api must be/,
    );
    expect(second).toMatch(/^sources\[2\]: another source is called "shop-eu" already \| give one of them a name/);
  });

  it('is refused where it is written for another version of the plugin API', async () => {
    const created = defineSourceFactory({
      name: 'old',
      options: z.object({}),
      create: () => ({
        name: 'old',
        api: '^7',
        baseUrl: 'https://old.example',
        rateLimit: { requests: 1, perMs: 1 },
        pagination: singlePage({ path: '/' }),
        normalizer: defineNormalizer({ normalize: () => ({ id: 1 }) }),
      }),
    });
    expect(await problems([{ ...created, api: '^3' }, created])).toEqual([
      expect.stringMatching(/^sources\[0\]: the source "old" needs version \^3 of the plugin API, .* \| it is newer/),
      expect.stringMatching(/^sources\[1\]: the source "old" needs version \^7 of the plugin API, .* \| it is newer/),
    ]);
  });
});
