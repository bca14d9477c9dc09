/** Whether a plugin was written for what this package offers. Main thread only: what is refused gets to no worker. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../errors.ts';
import { pluginApiVersion } from '../plugin-api-version.ts';
import { property } from '../unknown.ts';
import { version } from '../version.ts';

/** A range that somebody declares, and the version that is there. */
interface Demand {
  /** Who declares it: such as `the source "shop"`. */
  readonly who: string;
  readonly range: string;
  /** What it is a range of: `the plugin API`, `sluice`. */
  readonly of: string;
  readonly version: string;
}

/**
 * Throws `plugin_incompatible` where a plugin's `api` leaves out the version of the plugin API that this package has, and
 * `plugin_invalid` where it is no range. `who` is what messages call the plugin.
 */
export async function assertPluginApi(plugin: unknown, who: string): Promise<void> {
  const range = property(plugin, 'api');
  // What is no text is for the check of the whole plugin to tell.
  if (typeof range !== 'string') return;
  const { default: semver } = await import('semver');
  if (semver.validRange(range) === null) {
    throw new SluiceError(
      'plugin_invalid',
      `api of ${who} is ${JSON.stringify(range)}, which is no semver range\nwrite api: "^${pluginApiVersion}" for the one of now`,
    );
  }
  await assertRange({ who, range, of: 'the plugin API', version: pluginApiVersion });
}

/**
 * Holds what a package's manifest declares against what is there, before any of its code is loaded: `peerDependencies.sluice`,
 * a range of this package, and `sluice.api`, one of the plugin API. Throws `plugin_incompatible`. What is no range (`workspace:*`,
 * a file, a tag) says nothing of versions and is passed over.
 */
export async function assertPackage(url: string): Promise<void> {
  const manifest = await manifestOf(dirname(fileURLToPath(url)));
  const peer = property(property(manifest, 'peerDependencies'), 'sluice');
  const api = property(property(manifest, 'sluice'), 'api');
  const who = `the package ${text(property(manifest, 'name'))} ${text(property(manifest, 'version'))}`.trimEnd();
  if (typeof peer === 'string') await assertRange({ who, range: peer, of: 'sluice', version });
  if (typeof api === 'string') await assertRange({ who, range: api, of: 'the plugin API', version: pluginApiVersion });
}

async function assertRange({ who, range, of, version: found }: Demand): Promise<void> {
  const { default: semver } = await import('semver');
  const options = { includePrerelease: true };
  if (semver.validRange(range) === null || semver.satisfies(found, range, options)) return;
  const has = of === 'sluice' ? `this is ${found}` : `this sluice (${version}) has ${found}`;
  const help = semver.gtr(found, range, options)
    ? `it is older than this sluice: install a version of it that was written for ${of} ${found}, or a sluice that has ${range}`
    : `it is newer than this sluice: update sluice, or install a version of it that was written for ${of} ${found}`;
  throw new SluiceError('plugin_incompatible', `${who} needs version ${range} of ${of}, and ${has}\n${help}`);
}

/** The manifest of the package that a folder belongs to; undefined where there is none to read. */
async function manifestOf(folder: string): Promise<unknown> {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = await readManifest(join(at, 'package.json'));
    // One without a name (a `dist/package.json` that only tells the type) is not yet the package's own.
    if (text(property(manifest, 'name')) !== '' || at === dirname(at)) return manifest;
  }
}

async function readManifest(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
