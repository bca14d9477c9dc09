import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Batch } from './batch.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Logger } from './logger.ts';
import type { PriceTrends } from './price-trends.ts';
import type { QueryAnswer, QueryRequest } from './query.ts';
import type { RunReport } from './report.ts';
import type { RecordsDiff, RecordsDiffRequest } from './run-diff.ts';

/** How far a sink has durably got: plain data that `open` understands again after a resume. */
export type SinkPosition = JsonValue;

/** What a sink is told of the model of the run. */
export interface SinkModel {
  readonly name: string;
  /** Fields of each record in order, between the head's `id`, `source`, `source_id` and its `processed_at`; undefined where the schema decides. */
  readonly fields: readonly string[] | undefined;
  /** JSON Schema (draft 2020-12) of these fields, where the model's schema can give one (Standard JSON Schema). */
  readonly jsonSchema: JsonObject | undefined;
  /** What it measures and groups by, where it does. */
  readonly metrics?: { readonly value?: string; readonly group?: string };
}

/** What a source asks in this run. */
export interface SourceOrigin {
  /** Its base URL, or what stands in for the upstream; without secrets. */
  readonly upstream: string;
  /** It asks only for what has changed since an earlier run: what it does not deliver may still be there. */
  readonly changesOnly: boolean;
}

/** What a sink knows of the run that it is opened for. */
export interface SinkContext {
  readonly runId: string;
  /** Name of the sink in this run, unique. */
  readonly name: string;
  /** Folder against which relative paths are resolved: the config's. */
  readonly baseDir: string;
  readonly sources: readonly string[];
  /** Those of them whose records the sink is given: all, unless its entry in the config says which. */
  readonly takes: readonly string[];
  /** What each source asks. Default: not known. */
  readonly origins?: Readonly<Record<string, SourceOrigin>>;
  /** When the run began, in its first life; ISO 8601. */
  readonly startedAt: string;
  /** What the records are, for a sink that makes a table of them. */
  readonly model: SinkModel;
  /**
   * A later life of this run may open the sink again, at any position that a commit has returned: what was committed
   * stays when the sink is aborted, and is only then removed by `forget`.
   */
  readonly resumable: boolean;
  /** Says of which sink its words are. */
  readonly logger: Logger;
}

/** An open sink. The run calls one operation at a time, but for writes where the plugin says so, and gives each a timeout. */
export interface SinkWriter<Fields extends object = Record<string, unknown>> {
  /**
   * Resolves when the batch is taken; slow means that the fetchers slow down. Undefined where it is taken already: what
   * only puts it into a buffer costs no promise.
   */
  write(batch: Batch<Fields>): Promise<void> | undefined;
  /** Makes all that was written durable, and says where that is. */
  commit(): Promise<SinkPosition>;
  /**
   * Tells how prices differ from those of earlier runs, for the report. Called once before `close`, when all is committed;
   * `report` is final but for this. Default: it knows nothing of earlier runs.
   */
  trends?(report: RunReport): Promise<PriceTrends>;
  /** Ends well: everything is committed, the report is final; what readers look for appears now, whole. */
  close(report: RunReport): Promise<void>;
  /**
   * Ends badly: gives up without leaving half of something where readers look. May come while another
   * operation is still under way, because that one hangs or the run is stopped hard.
   */
  abort(): Promise<void>;
}

/**
 * How a sink takes the records of a run whose pages are worked on by several processes. `direct`: each process opens it
 * and writes, and what one writes is not in the way of another. `assembled`: one process opens it when all pages are there, and hands
 * over what the others have kept in files. With `parts`: those files are the output, and stay where it says.
 */
export type SinkDistribution<Options = unknown> =
  | 'direct'
  | 'assembled'
  | {
      /**
       * The file, by source and as an absolute path, in whose place parts stand: in a folder beside it, told by a manifest.
       * Undefined where these options want one file: then the sink is assembled.
       */
      parts(
        context: Pick<SinkContext, 'baseDir' | 'takes' | 'startedAt'>,
        options: Options,
      ): ReadonlyMap<string, string> | undefined;
    };

/** A kind of sink; made by `defineSink`. `Fields` are those of the model whose records it takes. */
export interface SinkPlugin<Options = unknown, Fields extends object = Record<string, unknown>> {
  readonly name: string;
  /** Versions of the plugin API that it was written for, as a semver range such as `^1`. Default: not checked. */
  readonly api?: string;
  /** Checks the options of the config's entry before any request. Default: no options are taken. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /**
   * When readers get the records. A sink that shows everything at its close (a file renamed into place) has
   * delivered nothing until then: if it fails, none of its records count as written. Default `on-commit`.
   */
  readonly delivers?: 'on-commit' | 'on-close';
  /**
   * Writes that may be under way at once, at least 1: they begin in order, and may end in any. A commit begins when all of
   * them have ended, and none begins until it has. Default 1.
   */
  readonly concurrency?: number;
  /** Whether it may stand in a run on several machines, and how. Default: it may not, and such a run is refused. */
  readonly distributed?: SinkDistribution<Options>;
  /**
   * It keeps something beside the outputs that people ask for: where all of those have failed, the run ends, whether it
   * works or not. Default false.
   */
  readonly auxiliary?: boolean;
  /** Packages that it loads when it is used, and that may not be installed. Default: none. */
  readonly requires?: readonly string[];
  /**
   * The file that these options have it write alone, relative to the config's folder or absolute: two sinks of a run on one
   * file are refused with the config. Default: none that another one could write.
   */
  file?(options: Options): string | undefined;
  /** What keeps it from taking the records of a model, a sentence each, told before any request. Default: nothing. */
  modelProblems?(model: SinkModel, options: Options): readonly string[];
  /**
   * Opens the sink, at `position` where a run is taken up again: one that a commit of this run returned, not always the
   * last. What was written behind it must be gone, or be written again without harm.
   */
  open(context: SinkContext, options: Options, position?: SinkPosition): Promise<SinkWriter<Fields>>;
  /**
   * Finds out whether `open` would succeed and records could be written, and leaves everything as it was; rejects where
   * not. For `pipeline check`. Default: the sink is opened and aborted.
   */
  check?(context: SinkContext, options: Options): Promise<void>;
  /**
   * Tells how the records of two runs differ. Throws `run_not_found` where it has not kept those of one. Default: it keeps
   * none.
   */
  diff?(request: RecordsDiffRequest, options: Options): Promise<RecordsDiff>;
  /** Removes what an unfinished run left behind for a resume that will never come. Default: nothing is left behind. */
  forget?(context: Omit<SinkContext, 'model'>, options: Options): Promise<void>;
  /** Answers a question in SQL about what it holds, and changes nothing. Default: it can't be asked. */
  query?(request: QueryRequest, options: Options): Promise<QueryAnswer>;
}
