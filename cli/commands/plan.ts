import { planRun } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { inspect, type InspectionOptions, type InspectionPorts, processPorts } from '../inspection.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { renderPlan } from '../render/plan.ts';

export interface PlanCommandOptions extends InspectionOptions {
  readonly json?: boolean;
}

/** What the command needs of the world. */
export interface PlanPorts extends InspectionPorts {
  readonly planRun: typeof planRun;
}

/** Prints on stdout what a run will take, and returns the exit code. Throws what keeps the sources from being asked. */
export async function planCommand(
  options: PlanCommandOptions,
  ports: PlanPorts = { ...processPorts, planRun },
): Promise<number> {
  const { stdout } = ports;
  const forecast = await inspect(options, ports, ports.planRun);
  if (forecast === undefined) return exitCodes.interrupted;
  const lines =
    options.json === true
      ? [JSON.stringify(forecast, undefined, 2)]
      : // Where nobody says how wide it is, nothing is left out.
        renderPlan(forecast, { width: stdout.columns ?? 200, paint: createPaint(takesColor(stdout)) });
  stdout.write(`${lines.join('\n')}\n`);
  return forecast.sources.some(({ error }) => error !== null) ? exitCodes.failed : exitCodes.ok;
}
