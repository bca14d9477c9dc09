import { resolve } from 'node:path';
import type { ResolvedConfig, ResolvedSource } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import { createUndiciTransport } from '../http/transports/undici.ts';
import { systemClock } from '../system-clock.ts';
import { createRecordingFolder, readRecording, type Recording } from './folder.ts';
import { recordingTransport } from './record.ts';
import { replayTransport } from './replay.ts';
import { createScrubber } from './scrubber.ts';

/** What a run is made of, once its exchanges are to be kept or come from a folder. */
export interface ExchangedRun {
  readonly config: ResolvedConfig;
  readonly services: Services;
}

/**
 * A run that keeps every exchange in `folder`, without secrets. Throws `recording_failed` where the folder holds anything
 * or can't be written.
 */
export async function recordedRun(config: ResolvedConfig, services: Services, folder: string): Promise<ExchangedRun> {
  const { clock = systemClock, transport = createUndiciTransport } = { ...config.services, ...services };
  const scrubber = createScrubber(config.secrets);
  const sources = config.sources.map(({ name, baseUrl }) => ({ name, baseUrl: scrubber.url(baseUrl) }));
  const target = await createRecordingFolder(resolve(folder), sources, clock.date());
  return {
    config: inOrder(config),
    services: { ...services, transport: recordingTransport(transport, target, scrubber) },
  };
}

/**
 * A run that asks nobody: all it gets comes from `folder`, from the base URLs that were recorded. Nothing is waited for
 * that only an upstream needs, and nothing is kept in the state folder, for there is nothing to take up. Throws
 * `recording_failed` where the folder can't be read, or lacks a source of the config.
 */
export async function replayedRun(config: ResolvedConfig, services: Services, folder: string): Promise<ExchangedRun> {
  const { clock = systemClock } = { ...config.services, ...services };
  const recording = await readRecording(resolve(folder));
  const sources = config.sources.map((source) => replayedSource(source, recording));
  const origins = new Set(sources.map(originOf));
  // A source may ask elsewhere too, for a token: only what surely belongs to others is left out.
  const without = new Set(recording.sources.map(originOf).filter((origin) => !origins.has(origin)));
  const transport = replayTransport(recording, { scrubber: createScrubber(config.secrets), clock, without });
  // What is kept beside the outputs is kept in the state folder.
  const sinks = config.sinks.filter(({ plugin }) => plugin.auxiliary !== true);
  return { config: { ...inOrder(config), sources, sinks, state: undefined }, services: { ...services, transport } };
}

function originOf({ baseUrl }: { readonly baseUrl: string }): string {
  return new URL(baseUrl).origin;
}

/** One thread and one page a task: else pages come out in an order that is another one each time. */
function inOrder(config: ResolvedConfig): ResolvedConfig {
  const { workers } = config;
  return { ...config, workers: { ...workers, threads: Math.min(workers.threads, 1), batchBytes: 1 } };
}

/** What failed by a time limit was recorded as such; nothing else may fail by one, for answers wait for their turn. */
const noLimitMs = 3_600_000;

/** Backoff and cooldown of a replay, in milliseconds: there is nobody to be gentle with. */
const shortest = 1;

function replayedSource(source: ResolvedSource, { folder, sources }: Recording): ResolvedSource {
  const recorded = sources.find(({ name }) => name === source.name);
  if (recorded === undefined) {
    const names = sources.map(({ name }) => name).join(', ');
    throw new SluiceError(
      'recording_failed',
      `${folder} holds no source "${source.name}", only ${names}\n  choose with --source, or record it`,
    );
  }
  return {
    ...source,
    baseUrl: recorded.baseUrl,
    identity: `recording of ${source.baseUrl}`,
    unpaced: true,
    timeouts: { connectMs: noLimitMs, headersMs: noLimitMs, bodyMs: noLimitMs, attemptMs: noLimitMs },
    retry: { ...source.retry, baseMs: shortest, maxMs: shortest },
    breaker: { ...source.breaker, cooldownMs: shortest },
  };
}
