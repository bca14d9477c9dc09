import type { SinkModel } from './sink.ts';

/** A question in SQL. */
export interface QueryRequest {
  /** Folder against which relative paths are resolved: the config's. */
  readonly baseDir: string;
  /** What the records are. */
  readonly model: SinkModel;
  readonly sql: string;
  /** The run whose records are looked at; undefined for the last one. */
  readonly runId?: string | undefined;
}

/** A column of an answer. */
export interface QueryColumn {
  readonly name: string;
  /** As the database calls it, such as `DECIMAL(30,10)`. */
  readonly type: string;
  /** What its texts are: a plain number, `true` or `false`, JSON, or any text. */
  readonly kind: 'number' | 'boolean' | 'json' | 'text';
}

/** A value as text, by the kind of its column; null where there is none. */
export type QueryValue = string | null;

/** The answer to a question. Its rows come in pieces, as they are asked for. */
export interface QueryAnswer {
  readonly columns: readonly QueryColumn[];
  /** To be gone through once. Throws `query_failed` where the answer can't be worked out to its end. */
  readonly rows: AsyncIterable<readonly (readonly QueryValue[])[]>;
  /** Lets go of what was asked. */
  close(): void;
}
