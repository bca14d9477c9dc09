import { type CheckResult, checkRun, configFindings, SluiceError } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { inspect, type InspectionOptions, type InspectionPorts, processPorts } from '../inspection.ts';
import { withoutSecrets } from '../known-secrets.ts';
import { renderCheck } from '../render/check.ts';
import { createPaint, takesColor } from '../render/paint.ts';

export interface CheckCommandOptions extends InspectionOptions {
  readonly json?: boolean;
}

/** What the command needs of the world. */
export interface CheckPorts extends InspectionPorts {
  readonly checkRun: typeof checkRun;
}

/** Prints on stdout whether a run could begin and all that keeps it from it, and returns the exit code. */
export async function checkCommand(
  options: CheckCommandOptions,
  ports: CheckPorts = { ...processPorts, checkRun },
): Promise<number> {
  const { stdout } = ports;
  const result = await inspect(options, ports, ports.checkRun).catch(unusable);
  if (result === undefined) return exitCodes.interrupted;
  const lines =
    options.json === true
      ? [JSON.stringify(result, undefined, 2)]
      : // Where nobody says how wide it is, nothing is broken into lines.
        renderCheck(result, { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) });
  stdout.write(`${lines.join('\n')}\n`);
  return result.ok ? exitCodes.ok : exitCodes.usage;
}

/** A config that can't be used is a finding like others; what nobody expected is thrown on. */
async function unusable(thrown: unknown): Promise<CheckResult> {
  if (!(thrown instanceof SluiceError)) throw thrown;
  const findings = await configFindings(thrown);
  const hidden = findings.map((each) => {
    return {
      ...each,
      message: withoutSecrets(each.message),
      hint: each.hint === null ? null : withoutSecrets(each.hint),
    };
  });
  return { ok: false, findings: hidden };
}
