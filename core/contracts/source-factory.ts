import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SourcePlugin } from './source.ts';

/**
 * Makes sources by options; made by `defineSourceFactory`. `Input` is what a config writes, `Options` what the schema
 * makes of it.
 */
export interface SourceFactory<Input = unknown, Options = unknown> {
  /** What messages call it; the sources that it makes have names of their own. */
  readonly name: string;
  /** Versions of the plugin API that it was written for, as a semver range such as `^1`. Default: not checked. */
  readonly api?: string;
  /** Checks the `options` of the config's entry, before any request and once more in each worker thread. */
  readonly options: StandardSchemaV1<Input, Options>;
  /**
   * Makes a source. Pure: each thread that needs the source calls it with the same options. What it throws is a problem
   * of the config.
   */
  create(options: Options): SourcePlugin;
}
