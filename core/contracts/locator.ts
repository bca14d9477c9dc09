/** Where a worker thread finds a source or a model again: functions are never cloned into it. */
export type PluginLocator =
  /** The default export of a module, by file URL. */
  | { readonly kind: 'module'; readonly url: string }
  /** An object that stands inline in a config file; found by its name after loading that file. */
  | { readonly kind: 'config'; readonly file: string; readonly name: string }
  /** Nowhere: made in this process, so only the main thread can run it. */
  | { readonly kind: 'inline' };
