import type { ResolvedConfig } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { SluiceError } from '../errors.ts';
import { runLogger } from '../log/run-logger.ts';
import { systemClock } from '../system-clock.ts';
import { nodeDisk } from './disk.ts';
import { type OpenedRun, openRun, type OpenRunOptions } from './open-run.ts';
import { unkeptRun } from './unkept-run.ts';

/**
 * Opens the run where the config says that runs are kept; where it does not, one that is kept nowhere. Throws as
 * `openRun`, and `run_not_resumable` where a run is to be taken up and none is kept.
 */
export async function openKeptRun(
  config: ResolvedConfig,
  services: Services,
  { resume, fullRefresh, hashKey }: Pick<OpenRunOptions, 'resume' | 'fullRefresh' | 'hashKey'>,
): Promise<OpenedRun> {
  if (config.state === undefined) {
    if (resume === undefined) return unkeptRun(hashKey);
    throw new SluiceError('run_not_resumable', 'no run is kept: the config says "state: false"');
  }
  const { clock = systemClock, logger } = { ...config.services, ...services };
  return openRun({ config, disk: nodeDisk, clock, resume, fullRefresh, hashKey, logger: runLogger(config, logger) });
}
