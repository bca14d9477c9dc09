import type { ResolvedConfig } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import type { ExchangedRun } from './exchanges-of-run.ts';

/** Folders of exchanges that a run keeps or is answered from. Default: none. */
interface ExchangeFolders {
  readonly record?: string | undefined;
  readonly replay?: string | undefined;
}

/**
 * A run whose exchanges are kept, or come from where they were kept; most runs have neither, and load nothing for it.
 * Throws `recording_failed`.
 */
export async function exchangedRun(
  config: ResolvedConfig,
  services: Services,
  { record, replay }: ExchangeFolders,
): Promise<ExchangedRun> {
  if (record === undefined && replay === undefined) return { config, services };
  const { recordedRun, replayedRun } = await import('./exchanges-of-run.ts');
  // Replayed first, so that a replay that is recorded is one too: what it is told comes from a folder.
  const played = replay === undefined ? { config, services } : await replayedRun(config, services, replay);
  return record === undefined ? played : recordedRun(played.config, played.services, record);
}
