/**
 * Options of sinks by the name that a config gives to `use`. Whoever publishes a sink adds his own:
 * `declare module 'sluice' { interface SinkOptions { 'sluice-plugin-shop': { readonly path?: string } } }`.
 */
export interface SinkOptions {
  csv: {
    /**
     * Where the file appears when the run has ended, relative to the config's folder; may hold `{source}` and `{date}`.
     * Default `out/products.csv`.
     */
    readonly path?: string;
    /** How the file is compressed, and its name ends: `.gz` or `.zst`. Default: not. */
    readonly compress?: 'gzip' | 'zstd';
    /** Fields that become columns, in this order. Default: all, in the model's order. */
    readonly columns?: readonly string[];
    /** How lines end: `lf` as on Unix, `crlf` as RFC 4180 has it. Default `lf`. */
    readonly lineEnding?: 'lf' | 'crlf';
  };
  'json-file': {
    /**
     * Where the document appears when the run has ended, relative to the config's folder; may hold `{date}`.
     * Default `out/products.json`.
     */
    readonly path?: string;
  };
  ndjson: {
    /**
     * Where the file appears when the run has ended, relative to the config's folder; may hold `{source}` and `{date}`.
     * Default `out/products.ndjson`.
     */
    readonly path?: string;
    /** How the file is compressed, and its name ends: `.gz` or `.zst`. Default: not. */
    readonly compress?: 'gzip' | 'zstd';
  };
  duckdb: {
    /** The database file, relative to the config's folder. Default `out/products.duckdb`. */
    readonly path?: string;
    /** Default: the model's name. */
    readonly table?: string;
    /** Memory that DuckDB may take, such as `1GB`. Default `512MB`. */
    readonly memoryLimit?: string;
  };
  parquet: {
    /** Where the file appears when the run has ended, relative to the config's folder. Default `out/products.parquet`. */
    readonly path?: string;
    /** Memory that DuckDB may take, such as `1GB`. Default `512MB`. */
    readonly memoryLimit?: string;
  };
  postgres: {
    /** Best `${DATABASE_URL}`. Default: what the variables PGHOST, PGUSER, PGPASSWORD, PGDATABASE, … say. */
    readonly url?: string;
    /** Must be there. Default `public`. */
    readonly schema?: string;
    /** Default: the model's name. */
    readonly table?: string;
  };
  stdout: {
    /** `ndjson` prints one record a line, `table` a row each for people, `auto` a table on a terminal. Default `auto`. */
    readonly format?: 'auto' | 'ndjson' | 'table';
  };
}

/**
 * Options of engines by the name that a config gives to `use`. Whoever publishes an engine adds his own, as in
 * `SinkOptions`.
 */
export interface EngineOptions {
  bullmq: {
    /**
     * Where Redis or Valkey is: `redis://` or, with TLS, `rediss://`, with user and password where it has them, best
     * `${REDIS_URL}`; or an object for a cluster (some of its nodes), an ACL user, or files of TLS.
     */
    readonly redis:
      | string
      | {
          readonly url?: string;
          readonly cluster?: readonly string[];
          readonly username?: string;
          readonly password?: string;
          readonly tls?: {
            readonly ca?: string;
            readonly cert?: string;
            readonly key?: string;
            readonly servername?: string;
          };
        };
    /** What the keys in Redis begin with: coordinators and workers of one queue find each other. Default `sluice`. */
    readonly queue?: string;
    /** Days for which a run that has ended is kept in Redis, 0 to 365. Default 0: its keys are removed. */
    readonly keepDays?: number;
    /** Milliseconds after which a page is taken from a worker that has said nothing more. Default 30 000. */
    readonly takeoverMs?: number;
    /**
     * Folder, the same one for coordinator and workers, in which records wait for a file that the coordinator puts together;
     * relative to the config's. Default `.pipeline/parts`.
     */
    readonly parts?: string;
  };
}

/**
 * Options of sources that factories make, by the name that a config gives to `use`. None of the built-in ones takes any;
 * whoever publishes a factory adds his own, as in `SinkOptions`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- there to be added to
export interface SourceOptions {}
