import { previewSource } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { inspect, type InspectionOptions, type InspectionPorts, processPorts } from '../inspection.ts';
import { createPaint, takesColor } from '../render/paint.ts';
import { renderPreview } from '../render/preview.ts';

export interface PreviewCommandOptions extends Pick<InspectionOptions, 'config' | 'mock'> {
  /** Items to show. */
  readonly count: number;
  readonly json?: boolean;
}

/** What the command needs of the world. */
export interface PreviewPorts extends InspectionPorts {
  readonly previewSource: typeof previewSource;
}

/** Prints the first items of a source on stdout, and returns the exit code. Throws what keeps them from being shown. */
export async function previewCommand(
  source: string,
  { count, json = false, ...options }: PreviewCommandOptions,
  ports: PreviewPorts = { ...processPorts, previewSource },
): Promise<number> {
  const { stdout } = ports;
  const preview = await inspect({ ...options, source: [source] }, ports, (config, services, signal) =>
    ports.previewSource(config, services, signal, { source, count }),
  );
  if (preview === undefined) return exitCodes.interrupted;
  const lines = json
    ? [JSON.stringify(preview, undefined, 2)]
    : renderPreview(preview, { width: stdout.columns ?? 120, paint: createPaint(takesColor(stdout)) });
  stdout.write(`${lines.join('\n')}\n`);
  return preview.error === null ? exitCodes.ok : exitCodes.failed;
}
