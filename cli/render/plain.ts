import type { Clock, Logger } from '../../core/index.ts';
import { totalEtaMs, workersText } from './progress.ts';
import { isActive, type ProgressState, requestsPerSecond } from './progress-state.ts';
import { formatClock, formatCount, formatNumber } from './text.ts';

const everyMs = 5_000;

/** Logs one line on the whole run every five seconds, for where there is no terminal. Returns what ends that. */
export function startPlainProgress(options: {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly state: ProgressState;
}): () => void {
  const { logger, clock, state } = options;
  const tick = (): void => {
    const { message, fields } = plainLine(state, clock.date());
    logger.info(message, fields);
    cancel = clock.timer(everyMs, tick);
  };
  let cancel = clock.timer(everyMs, tick);
  return () => cancel();
}

function plainLine(state: ProgressState, now: number): { message: string; fields: Record<string, string | number> } {
  const all = [...state.sources.values()];
  const ended = all.filter((source) => !isActive(source)).length;
  let [delivered, failed, pages, records, requests, rate] = [0, 0, 0, 0, 0, 0];
  for (const source of all) {
    delivered += source.delivered;
    failed += source.failed;
    pages += source.pages ?? source.delivered + source.failed;
    records += source.records;
    requests += source.requests;
    if (isActive(source)) rate += requestsPerSecond(source, now);
  }
  const eta = totalEtaMs(state, now);
  const workers = workersText(state);
  // Until each source has told how many pages it has, the sum of those known would read like the whole.
  const known = all.every((source) => source.pages !== undefined || !isActive(source));
  const parts = [
    `${ended} of ${all.length} sources ended`,
    `${formatCount(delivered)}${known ? ` of ${formatCount(pages)}` : ''} pages`,
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    `${formatCount(records)} records`,
    `${formatNumber(Math.round(rate * 10) / 10)} requests/s`,
    ...(workers === undefined ? [] : [workers]),
    ...(eta === undefined ? [] : [`ETA ${formatClock(eta)}`]),
  ];
  return {
    message: `progress: ${parts.join(', ')}`,
    fields: { event: 'progress', sources_ended: ended, pages: delivered, pages_failed: failed, records, requests },
  };
}
