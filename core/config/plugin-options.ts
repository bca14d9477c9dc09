/**
 * Options of sinks by the name that a config gives to `use`. Whoever publishes a sink adds his own:
 * `declare module 'sluice' { interface SinkOptions { 'sluice-plugin-shop': { readonly path?: string } } }`.
 */
export interface SinkOptions {
  'json-file': {
    /** Where the document appears when the run has ended, relative to the config's folder. Default `out/products.json`. */
    readonly path?: string;
  };
  ndjson: {
    /** Where the file appears when the run has ended, relative to the config's folder. Default `out/products.ndjson`. */
    readonly path?: string;
  };
  stdout: object;
}

/**
 * Options of sources that factories make, by the name that a config gives to `use`. None of the built-in ones takes any;
 * whoever publishes a factory adds his own, as in `SinkOptions`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- there to be added to
export interface SourceOptions {}
