import type { SinkPlugin } from '../contracts/sink.ts';
import { pluginProblems } from '../registry/validate-plugin.ts';
import { isObject } from '../unknown.ts';
import { createProblems, type Problems, wordsOf } from './problems.ts';
import { checkAbort, checkForget } from './sink/abort-checks.ts';
import { checkDistributed } from './sink/distributed-checks.ts';
import { checkOptions } from './sink/options-checks.ts';
import { idsInFiles } from './sink/output.ts';
import { checkConcurrentWrites, checkResumes, checkWholeLife, type Expected } from './sink/life-checks.ts';
import { createStage, type FieldsOf, productFields } from './sink/stage.ts';

/** What a sink is tested with. */
export interface SinkTestOptions {
  /** The sink's own options, as they stand in the config. Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * What readers of the output see: best the ids of the records, in any order. Default: the ids that stand in the files
   * of `folder`, to which the sink's relative paths lead; those with a dot before their name are not looked at.
   */
  readonly read?: (folder: string) => Promise<unknown>;
  /** Empties what is written to, where that is not in the folder. Called before each trial. Default: does nothing. */
  readonly reset?: () => unknown;
  /** It can't take back what it has shown: records may be there twice after a resume. Default false. */
  readonly atLeastOnce?: boolean;
  /** Fields of the record of that number, beside its head. Default: those of a product, some with odd characters. */
  readonly fields?: FieldsOf;
  /** Milliseconds that each operation may take. Default 10 000. */
  readonly timeoutMs?: number;
}

/**
 * Tests a sink: that it checks its options, shows every record once, however often and wherever its process is killed and
 * goes on from whichever position, holds what it says of several processes, and leaves nothing half-done where readers look when it is given up. Works in a
 * temporary folder, which goes afterwards. Throws one `conformance_failed` that lists all that is wrong.
 */
export async function testSink<Options>(plugin: SinkPlugin<Options>, test: SinkTestOptions = {}): Promise<void> {
  const problems = createProblems(`the sink ${JSON.stringify((plugin as Partial<SinkPlugin>)?.name)}`);
  for (const problem of pluginProblems('sink', plugin)) problems.add(problem);
  problems.throwAny();
  const { options: given = {}, timeoutMs = 10_000, fields = productFields } = test;
  // What `open` is given is what its own schema returned.
  const sink = plugin as SinkPlugin;
  const options = await checkOptions(sink, given, problems);
  problems.throwAny();

  const { stage, clear } = await createStage(sink, options, { timeoutMs, fields });
  const read = async (folder: string): Promise<unknown> => {
    try {
      return await (test.read ?? idsInFiles)(folder);
    } catch {
      // There is nothing to read yet.
      return undefined;
    }
  };
  const tools = { stage, read, reset: async () => void (await test.reset?.()), problems };
  try {
    const expected = await attempt('undisturbed', () => checkWholeLife(tools), problems);
    problems.throwAny();
    const whole: Expected = { output: expected, atLeastOnce: test.atLeastOnce ?? false };
    await attempt('written to by several at once', () => checkConcurrentWrites(tools, expected), problems);
    await attempt('written to by several processes', () => checkDistributed(tools, expected), problems);
    await checkResumes(tools, whole);
    await attempt('given up', () => checkAbort(tools), problems);
    await attempt('given up and forgotten', () => checkForget(tools), problems);
  } finally {
    await clear();
  }
  problems.throwAny();
}

async function attempt<T>(what: string, work: () => Promise<T>, problems: Problems): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const code = isObject(thrown) && typeof thrown['code'] === 'string' ? ` (${thrown['code']})` : '';
    problems.add(`${what}, it fails: ${wordsOf(thrown)}${code}`);
    return undefined;
  }
}
