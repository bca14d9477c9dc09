import type { Model } from '../contracts/model.ts';
import { checkOptions } from './check-options.ts';
import type { ConfigIssue } from './issues.ts';
import { type ConfigContext, lookUp } from './look-up.ts';
import { type SinkDraft, uniqueName } from './resolve-sinks.ts';
import { configSchema } from './schema.ts';
import { sinkIssues } from './sink-issues.ts';

/** The sink that keeps the history, where there is one, and its entry among those of the config. */
export interface DraftedHistory {
  readonly draft?: SinkDraft;
  readonly entry?: object;
  readonly warnings: readonly string[];
}

export interface HistoryDraftOptions {
  /** What the config says under `history`. */
  readonly given: unknown;
  /** What it says under `state`. */
  readonly state: unknown;
  readonly model: Model | undefined;
  /** The other sinks. */
  readonly beside: readonly SinkDraft[];
  /** The place of the sink among the entries. */
  readonly index: number;
}

/** Milliseconds for each of its operations: the last one reads all that the run has written, and more. */
const timeoutMs = 300_000;

/**
 * Makes a history one sink more: so it is given every record, and goes on where it was when a run is taken up. What keeps it
 * from being made is an issue, or a warning where it was not asked for in so many words.
 */
export async function draftHistory(
  { given, state: givenState, model, beside, index }: HistoryDraftOptions,
  context: ConfigContext,
): Promise<DraftedHistory> {
  const parsed = configSchema.shape.history.safeParse(given);
  const state = configSchema.shape.state.safeParse(givenState);
  // The schema tells what is wrong with them.
  if (!parsed.success || parsed.data === false || !state.success || model === undefined) return { warnings: [] };
  const refuse = (issues: readonly Omit<ConfigIssue, 'path'>[]): DraftedHistory => {
    if (parsed.data === 'auto') {
      return { warnings: issues.map(({ problem, hints }) => `no history is kept: ${[problem, ...hints].join('; ')}`) };
    }
    context.issues.push(...issues.map((issue) => ({ ...issue, path: 'history' })));
    return { warnings: [] };
  };
  if (state.data === false) {
    const problem = 'its place is the state folder, and the config says "state: false"';
    return refuse([{ code: 'config_invalid', problem, hints: [] }]);
  }
  const found = await lookUp('sink', 'history', ['history'], context);
  if (found === undefined) return { warnings: [] };
  const { plugin, locator } = found;
  if (beside.some((other) => other.plugin.name === plugin.name)) {
    return refuse([{ code: 'config_invalid', problem: 'it is among the sinks already', hints: [] }]);
  }
  const own = { dir: state.data.dir, ...(typeof parsed.data === 'object' && parsed.data) };
  const checked = await checkOptions(plugin.options ?? configSchema.shape.history, own, ['history'], context);
  if (!checked.ok) return { warnings: [] };
  const draft = { index, name: uniqueName(plugin.name, beside), plugin, locator, options: checked.value };
  const issues = sinkIssues(draft, model);
  if (issues.length > 0) return refuse(issues);
  return { draft, entry: { use: 'history', timeoutMs, ...own }, warnings: [] };
}
