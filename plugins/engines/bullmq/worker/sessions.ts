import { randomBytes } from 'node:crypto';
import {
  createSinkRunner,
  describeModel,
  type EmitEvent,
  type EngineContext,
  onAbort,
  type RunEvent,
  type SluiceError,
  startOfRun,
} from '../../../../core/engine.ts';
import type { RunLedger } from '../ledger/ledger.ts';
import { workerSinks } from '../sinks/worker-sinks.ts';
import { createSession, type Session } from './session.ts';

export interface SessionsOptions {
  readonly context: EngineContext;
  readonly runId: string;
  readonly worker: string;
  readonly ledger: RunLedger;
  /** Folder of the parts. */
  readonly parts: string;
  readonly emit: EmitEvent;
  /** A sink has failed: there is nowhere to write to on this worker. */
  readonly onFailure: (error: SluiceError) => void;
}

/** The sessions of a worker, one after the other: when one is lost, the next begins with sinks of its own. */
export interface Sessions {
  /** The one that takes pages; undefined between two. */
  readonly current: Session | undefined;
  /** Opens the first. Rejects with `sink_failed`. */
  open(): Promise<void>;
  /** Commits what is in hand, and ends. */
  close(): Promise<void>;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { context, runId, worker, ledger, parts, emit, onFailure } = options;
  const { config, clock, logger } = context;
  let current: Session | undefined;
  let closing = false;
  let replacing: Promise<void> = Promise.resolve();

  function create(): Session {
    // Never one that was there before: a worker may leave a run that is paused, and come back to it.
    const id = `${worker}-${randomBytes(4).toString('hex')}`;
    const sinks = workerSinks(config.sinks, { config, parts, runId }, id);
    const toldTo = (event: RunEvent): void => {
      // That it ends its sinks when it is over is no failure of theirs.
      if (!session.over.aborted) emit(event);
      session.on({ ...event, at: clock.date() });
    };
    const session = createSession({
      id,
      worker,
      ledger,
      sinkNames: sinks.map(({ name }) => name),
      createSinks: (journal) =>
        createSinkRunner({
          sinks,
          context: {
            runId,
            baseDir: config.baseDir,
            sources: config.sources.map(({ name }) => name),
            startedAt: startOfRun(runId),
            model: describeModel(config.model),
            resumable: true,
            logger,
          },
          clock,
          emit: toldTo,
          journal,
        }),
    });
    return session;
  }

  async function begin(): Promise<void> {
    const session = create();
    await session.open();
    if (session.over.aborted) {
      await session.close();
      throw session.over.reason as SluiceError;
    }
    current = session;
    onAbort(session.over, () => {
      if (closing) return;
      current = undefined;
      replacing = replace(session);
    });
  }

  async function replace(session: Session): Promise<void> {
    const reason = session.over.reason as SluiceError;
    await session.close();
    if (reason.code !== 'interrupted') return onFailure(reason);
    logger.warn(`${reason.message}: what it had not acknowledged is done again`, { event: 'session' });
    if (closing) return;
    try {
      await begin();
    } catch (thrown) {
      onFailure(thrown as SluiceError);
    }
  }

  return {
    get current() {
      return current;
    },
    open: begin,
    async close() {
      closing = true;
      await replacing;
      const last = current;
      current = undefined;
      await last?.close();
    },
  };
}
