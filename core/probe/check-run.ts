import { configIssues } from '../config/issues.ts';
import { checkFolder } from '../check-folder.ts';
import type { ResolvedConfig } from '../config/resolved.ts';
import type { Services } from '../contracts/services.ts';
import { checkEngine } from '../engine/host.ts';
import { classify } from '../errors.ts';
import { runLogger } from '../log/run-logger.ts';
import { cleanText, createRedactor } from '../redact.ts';
import { stateError } from '../state/state-error.ts';
import { systemClock } from '../system-clock.ts';
import { checkSink } from './check-sink.ts';
import { checkSource } from './check-source.ts';
import { openProbe } from './open-probe.ts';

/** What was looked at, and whether a run could use it. */
export interface Finding {
  readonly what: 'config' | 'source' | 'sink' | 'state' | 'engine';
  /** Name of the source or sink, path within the config, or the state folder. */
  readonly name: string;
  readonly ok: boolean;
  /** Stable code of the problem; null where there is none. */
  readonly code: string | null;
  readonly message: string;
  /** What to do about it; null where nothing better than the message is known. */
  readonly hint: string | null;
}

/** Everything that was looked at. */
export interface CheckResult {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Looks at everything that a run needs, and tells all problems at once: one request to each source, the write access of
 * each sink, the state folder, the engine. Leaves nothing behind but the notes of `openProbe`. Throws the signal's reason.
 */
export async function checkRun(config: ResolvedConfig, services: Services, signal: AbortSignal): Promise<CheckResult> {
  const redact = createRedactor(config.secrets);
  const clean = (text: string): string => cleanText(redact(text));
  const { clock = systemClock, logger } = { ...config.services, ...services };
  const options = { config, clock, logger: runLogger(config, logger) };
  const [state, engine, sources, sinks] = await Promise.all([
    checkState(config),
    engineFindings(config),
    checkSources(config, services, signal),
    Promise.all(config.sinks.map((sink) => checkSink(sink, options))),
  ]);
  signal.throwIfAborted();
  const where = config.file ?? 'the config';
  const warnings = config.warnings.map((message) => finding('config', where, message));
  const read = finding('config', where, 'can be used');
  const findings = [read, ...warnings, ...state, ...engine, ...sources, ...sinks].map((each) => {
    return { ...each, message: clean(each.message), hint: each.hint === null ? null : clean(each.hint) };
  });
  return { ok: findings.every(({ ok }) => ok), findings };
}

/** What keeps a config from being used, a finding for each of its problems. */
export function configFindings(thrown: unknown): readonly Finding[] {
  const issues = configIssues(thrown);
  const { code, message } = classify(thrown);
  if (issues.length === 0) {
    const [first = '', ...rest] = message.split('\n');
    const hint = rest.map((line) => line.trim()).filter((line) => line !== '');
    return [{ ...finding('config', '', first), ok: false, code, hint: hint.length === 0 ? null : hint.join('; ') }];
  }
  return issues.map(({ code: own, path, problem, hints }) => {
    return { ...finding('config', path, problem), ok: false, code: own, hint: hints.join('; ') || null };
  });
}

function finding(what: Finding['what'], name: string, message: string): Finding {
  return { what, name, ok: true, code: null, message, hint: null };
}

async function checkSources(
  config: ResolvedConfig,
  services: Services,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const probe = await openProbe(config, services).catch((thrown: unknown) => classify(thrown));
  if (probe instanceof Error) {
    return [{ ...finding('state', config.state?.dir ?? '', probe.message), ok: false, code: probe.code }];
  }
  try {
    return await Promise.all(config.sources.map((source) => checkSource(probe, source, signal)));
  } finally {
    await probe.close();
  }
}

/** The engine looks at its server, and whether it can do what the config says. */
async function engineFindings(config: ResolvedConfig): Promise<readonly Finding[]> {
  if (config.engine === undefined) return [];
  const { name } = config.engine.plugin;
  try {
    await checkEngine(config, config.engine);
    return [finding('engine', name, 'can be used')];
  } catch (thrown) {
    const { code, message } = classify(thrown);
    return [{ ...finding('engine', name, message), ok: false, code }];
  }
}

async function checkState({ state }: ResolvedConfig): Promise<readonly Finding[]> {
  if (state === undefined) return [];
  try {
    await checkFolder(state.dir);
    return [finding('state', state.dir, 'can be written')];
  } catch (thrown) {
    const { code, message } = stateError(thrown, `checking whether ${state.dir} can be written`);
    return [{ ...finding('state', state.dir, message), ok: false, code }];
  }
}
