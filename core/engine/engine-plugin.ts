import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Clock, Random } from '../contracts/clock.ts';
import type { Engine } from '../contracts/engine.ts';
import type { EmitEvent, EventListener } from '../contracts/events.ts';
import type { TransportFactory } from '../contracts/http.ts';
import type { RunJournal } from '../contracts/journal.ts';
import type { Logger } from '../contracts/logger.ts';
import type { SinkRunner } from '../run/sink-runner.ts';
import type { ResumeRequest } from '../state/choose-run.ts';
import type { Fingerprint } from '../state/fingerprint.ts';
import type { ListedRun } from '../state/list-runs.ts';

/** What an engine is told of the program that it runs in. */
export interface EngineContext {
  readonly config: ResolvedConfig;
  /** Version of this package: a run is worked on by one only. */
  readonly version: string;
  /** What the configs of all processes of a run must have in common, the limits of sources included. */
  readonly fingerprint: Fingerprint;
  /** Version of each source's plugin, by the source's name. */
  readonly pluginVersions: ReadonlyMap<string, string>;
  /** Tells nothing but clean texts without secrets. */
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: TransportFactory;
  /** Makes a text from outside fit to be kept and printed: one line, bounded, no secrets. */
  readonly clean: (text: string) => string;
}

/** How a coordinator begins. */
export interface CoordinateOptions {
  /** Which run to take up. Default: none, a new one begins. */
  readonly resume: ResumeRequest | undefined;
  /** Asks for everything, whatever earlier runs have read. */
  readonly fullRefresh: boolean;
  /**
   * Aborting it ends the waiting for a server that is away, from the start to the end of the run. Default: it is waited
   * for as long as it takes.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A run that this process is the coordinator of: what stands in the place of the local engine, journal and sinks. */
export interface CoordinatedRun {
  readonly engine: Engine;
  /** Closing it lets go of the run. */
  readonly journal: RunJournal;
  /** Key of the run's hashes, 64 bits: the same in all processes. */
  readonly hashKey: bigint;
  readonly sinks: (ports: { readonly clock: Clock; readonly emit: EmitEvent; readonly logger: Logger }) => SinkRunner;
}

/** How a worker works. */
export interface WorkOptions {
  /** Pages in hand at once; undefined: as many as the sources of the run allow. */
  readonly concurrency: number | undefined;
  /** Milliseconds within which what is in hand is finished once `signal` is aborted; the rest goes to other workers. */
  readonly drainMs: number;
  /** Aborting it drains the worker. */
  readonly signal: AbortSignal;
  /** Hears what happens in this worker. Default: nobody does. */
  readonly listen?: EventListener | undefined;
}

/** A kind of engine that spreads a run over processes; made by `defineEngine`. */
export interface EnginePlugin<Options = unknown> {
  readonly name: string;
  /** Versions of the plugin API that it was written for, as a semver range such as `^1`. Default: not checked. */
  readonly api?: string;
  /** Checks the options of the config's entry before anything is asked. Default: no options are taken. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /** Looks whether a run could begin, and changes nothing. Throws what would keep it from that. Default: asks for `runs`. */
  check?(context: EngineContext, options: Options): Promise<void>;
  /**
   * Registers a run or takes one up, as its coordinator. Throws before any request: what keeps its server from being used,
   * `config_invalid` for what this engine can't do, `state_locked` where another coordinator lives,
   * `run_not_found` and `run_not_resumable`.
   */
  coordinate(context: EngineContext, options: Options, begin: CoordinateOptions): Promise<CoordinatedRun>;
  /**
   * Takes pages of one run after the other until it is told to stop. Throws what keeps its server from being
   * used at the start, `worker_refused` for a run of another version or config, and `sink_failed`.
   */
  work(context: EngineContext, options: Options, how: WorkOptions): Promise<void>;
  /** The runs that the server knows of, newest first. Throws what keeps its server from being used. */
  runs(context: EngineContext, options: Options): Promise<readonly ListedRun[]>;
}
