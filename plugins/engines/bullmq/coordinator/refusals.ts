import type { EngineContext } from '../../../../core/engine.ts';
import { SluiceError } from '../../../../core/plugin.ts';

/** Throws one `config_invalid` with all of a config that can't hold where pages are worked on by several processes. */
export function assertDistributable({ sinks, quality, services }: EngineContext['config']): void {
  const problems = [
    ...sinks
      .filter(({ plugin }) => plugin.distributed === undefined)
      .map(
        ({ name }) =>
          `the sink "${name}" can't be written to from several machines: leave it out, or declare in its plugin how (distributed)`,
      ),
    ...quality
      .filter(({ check }) => check === 'unique' || check === 'match')
      .map(
        ({ name }) =>
          `the quality rule "${name}" compares all records of a run, and no process sees all of them: leave it out`,
      ),
    ...(services.processor === undefined ? [] : ['services.processor is of this process alone: leave it out']),
  ];
  if (problems.length === 0) return;
  throw new SluiceError(
    'config_invalid',
    ['the engine "bullmq" can\'t do all that the config says', ...problems.map((text) => `  ${text}`)].join('\n'),
  );
}

/** What a config says to no effect where pages are worked on by several processes. */
export function withoutEffect({ sources }: Pick<EngineContext['config'], 'sources'>): readonly string[] {
  const names = sources.filter(({ conditional }) => conditional).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `workers share no answers of earlier runs: "conditional" has no effect, and all of ${names.join(', ')} is asked for`,
  ];
}
