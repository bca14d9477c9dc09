import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SluiceError } from '../../../core/errors.ts';
import { pluginApiVersion } from '../../../core/plugin.ts';
import { createRegistry } from '../../../core/registry/registry.ts';
import { version } from '../../../core/version.ts';
import { sourceText, writeFiles } from '../config/write-files.ts';

/** What finding a plugin ends with: its name, or what was thrown. */
async function find(use: string, files: Readonly<Record<string, string>>): Promise<string | SluiceError> {
  const folder = await writeFiles(files);
  return createRegistry(pathToFileURL(`${folder}/plugins/`).href)
    .find('source', use, folder)
    .then(
      ({ plugin }) => plugin.name,
      (thrown: unknown) => thrown as SluiceError,
    );
}

const withApi = (api: string) =>
  find('./shop.mjs', { 'shop.mjs': `export default ${sourceText('shop', `api: ${api}`)};` });

/** A package whose module can't even be loaded: what its manifest says comes first. */
const packageOf = (manifest: object, text = 'throw new Error("written for another sluice");') =>
  find('shop/deep', {
    'node_modules/sluice-plugin-shop/package.json': '{}',
    'node_modules/shop/package.json': JSON.stringify({
      name: 'shop',
      version: '3.2.1',
      exports: { './deep': './dist/deep.mjs' },
      ...manifest,
    }),
    'node_modules/shop/dist/package.json': '{ "type": "module" }',
    'node_modules/shop/dist/deep.mjs': text,
  });

describe('the version of the plugin API', () => {
  it.each(["'^1'", "'1.x'", "'>=1 <3'", 'undefined'])('takes a plugin whose api is %s', async (api) => {
    expect(await withApi(api)).toBe('shop');
  });

  it.each([
    [
      "'^2'",
      /shop\.mjs needs version \^2 of the plugin API, and this sluice \(.+\) has 1\.0\.0\nit is newer than this sluice: update sluice, or install a version of it that was written for the plugin API 1\.0\.0$/,
    ],
    [
      "'^0.4'",
      /needs version \^0\.4 of the plugin API, .*\nit is older than this sluice: install a version of it that was written for the plugin API 1\.0\.0, or a sluice that has \^0\.4$/,
    ],
  ])('refuses one whose api is %s, and says what to do', async (api, message) => {
    expect(await withApi(api)).toMatchObject({ code: 'plugin_incompatible', message: expect.stringMatching(message) });
  });

  it('says nothing else of a plugin that was written for another version', async () => {
    const found = await find('./shop.mjs', {
      'shop.mjs': "export default { name: 'shop', api: '^2', somethingNew: true };",
    });
    expect(found).toMatchObject({ code: 'plugin_incompatible', message: expect.not.stringContaining('baseUrl') });
  });

  it.each([
    ["'soon'", /api of the source .*shop\.mjs is "soon", which is no semver range\nwrite api: "\^1\.0\.0"/],
    ['1', /\napi must be a semver range such as "\^1"$/],
  ])('refuses api: %s as no range', async (api, message) => {
    expect(await withApi(api)).toMatchObject({ code: 'plugin_invalid', message: expect.stringMatching(message) });
  });

  it('is a version', () => {
    expect(pluginApiVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the manifest of a package', () => {
  it.each([
    [
      { peerDependencies: { sluice: '^99' } },
      `the package shop 3.2.1 needs version ^99 of sluice, and this is ${version}`,
    ],
    [
      { sluice: { api: '^2' } },
      `the package shop 3.2.1 needs version ^2 of the plugin API, and this sluice (${version}) has`,
    ],
  ])('refuses %j before its code is loaded', async (manifest, message) => {
    expect(await packageOf(manifest)).toMatchObject({
      code: 'plugin_incompatible',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    {},
    { peerDependencies: { sluice: `^${version}` }, sluice: { api: '1' } },
    { peerDependencies: { sluice: 'workspace:*' }, sluice: { api: 5 } },
    { peerDependencies: null, sluice: 'yes' },
  ])('lets pass what says nothing against it: %j', async (manifest) => {
    expect(await packageOf(manifest, `export default ${sourceText('deep')};`)).toBe('deep');
  });
});
