import type { JsonObject } from './json.ts';

/**
 * Where a worker thread finds a source or a model again: functions are never cloned into it. With `options`, what is
 * found is a factory, which makes the source once more.
 */
export type PluginLocator =
  /** The default export of a module, by file URL. */
  | { readonly kind: 'module'; readonly url: string; readonly options?: JsonObject }
  /**
   * An object that stands inline in a config file; found by its name after loading that file. A factory is found by its
   * `index` among the sources: two entries may hold the same one.
   */
  | {
      readonly kind: 'config';
      readonly file: string;
      readonly name: string;
      readonly index?: number;
      readonly options?: JsonObject;
    }
  /** Nowhere: made in this process, so only the main thread can run it. */
  | { readonly kind: 'inline' };
