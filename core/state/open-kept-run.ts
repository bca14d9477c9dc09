import type { ResolvedConfig } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import { runLogger } from '../log/run-logger.ts';
import { systemClock } from '../system-clock.ts';
import { nodeDisk } from './disk.ts';
import { type OpenedRun, openRun, type OpenRunOptions } from './open-run.ts';

/**
 * Opens the run where the config says that runs are kept; undefined where it does not. Throws as `openRun`, and
 * `run_not_resumable` where a run is to be taken up and none is kept.
 */
export async function openKeptRun(
  config: ResolvedConfig,
  services: Services,
  { resume, fullRefresh }: Pick<OpenRunOptions, 'resume' | 'fullRefresh'>,
): Promise<OpenedRun | undefined> {
  if (config.state === undefined) {
    if (resume === undefined) return undefined;
    throw new SluiceError('run_not_resumable', 'no run is kept: the config says "state: false"');
  }
  const { clock = systemClock, logger } = { ...config.services, ...services };
  return openRun({ config, disk: nodeDisk, clock, resume, fullRefresh, logger: runLogger(config, logger) });
}
