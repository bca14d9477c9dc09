/** What a user asks of chaos. */
export interface TrialSettings {
  /** Config file; default: the one that is found. */
  readonly config?: string;
  readonly source?: readonly string[];
  readonly seed: number;
  /** Share of requests that fail. */
  readonly errorRate: number;
  readonly kill: number;
}

/** The command line that does the same again. */
export function repeatCommand({ config, source, seed, errorRate, kill }: TrialSettings): string {
  return [
    `pipeline chaos --seed ${seed} --error-rate ${errorRate} --kill ${kill}`,
    ...(config === undefined ? [] : [`--config ${quoted(config)}`]),
    ...(source === undefined ? [] : [`--source ${source.join(',')}`]),
  ].join(' ');
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
