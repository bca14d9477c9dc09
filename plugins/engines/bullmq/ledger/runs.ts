import type { Cursors } from '../../../../core/engine.ts';

/** What a run needs to know of each other, kept beside all runs of a queue. */

/** `paused`: pages in hand are finished, and no more are taken until the run is taken up again. */
export type RunState = 'running' | 'paused' | 'ended';

/** What a run has come to that has ended: it outlives all else of it. */
export interface RunResult {
  readonly records: number;
  /** Lives of its coordinator. */
  readonly lives: number;
}

/** A run as its queue knows it. */
export interface RegisteredRun {
  readonly runId: string;
  /** Of sluice: a worker of another one takes no page. */
  readonly version: string;
  /** Of the config; see `takeFingerprint`. */
  readonly fingerprint: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly state: RunState;
  /** Of one that has ended. */
  readonly result?: RunResult | undefined;
  /** Keys all hashes of the run. */
  readonly hashKey: bigint;
  /** Names of its sources, in the order of the config. */
  readonly sources: readonly string[];
  /** From where incremental sources go on; see `sourcesSince`. */
  readonly cursors: Cursors;
}

/** Who coordinates a run, as long as it says so. */
export interface Coordinator {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/** A worker as it tells of itself each second. */
export interface WorkerPresence {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly session: string;
  readonly concurrency: number;
  /** Pages in hand. */
  readonly inHand: number;
  readonly pagesDone: number;
  /** Milliseconds since the epoch, by the clock of Redis. */
  readonly seenAt: number;
}

/** The runs of one queue. */
export interface RunRegistry {
  /** Registers a run; false where one of that id is there. */
  register(run: RegisteredRun): Promise<boolean>;
  list(): Promise<readonly RegisteredRun[]>;
  find(runId: string): Promise<RegisteredRun | undefined>;
  setState(runId: string, state: Exclude<RunState, 'ended'>): Promise<void>;
  /** From here on nobody takes it up. */
  end(runId: string, result: RunResult): Promise<void>;
  /** Says that `coordinator` lives, for `ms` milliseconds; answers who has the run: another one where that lives. */
  coordinate(runId: string, coordinator: Coordinator, ms: number): Promise<Coordinator>;
  /** Undefined where none lives. */
  coordinator(runId: string): Promise<Coordinator | undefined>;
  /** Lets go of a run. */
  resign(runId: string, coordinator: Coordinator): Promise<void>;
  /** Says that a worker lives; it counts as gone when it has said nothing for 5 seconds. */
  present(runId: string, worker: Omit<WorkerPresence, 'seenAt'>): Promise<void>;
  absent(runId: string, workerId: string): Promise<void>;
  workers(runId: string): Promise<readonly WorkerPresence[]>;
  remove(runId: string): Promise<void>;
}
