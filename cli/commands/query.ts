import { cleanText, loadConfig, queryHistory } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { keepSecret } from '../known-secrets.ts';
import { csvAnswer } from '../query/csv.ts';
import type { AnswerFormat } from '../query/format.ts';
import { jsonAnswer } from '../query/json.ts';
import { tableAnswer } from '../query/table.ts';
import { createPaint, takesColor } from '../render/paint.ts';

export interface QueryCommandOptions {
  readonly config?: string;
  readonly format: AnswerFormat;
  /** The run whose records are looked at; default the last. */
  readonly run?: string;
}

/** What the command needs of the world. */
export interface QueryPorts {
  readonly loadConfig: typeof loadConfig;
  readonly queryHistory: typeof queryHistory;
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write'>;
}

const processPorts: QueryPorts = { loadConfig, queryHistory, stdout: process.stdout, stderr: process.stderr };

/** Prints the answer to a question on stdout, and returns the exit code. Throws what keeps it from being answered. */
export async function queryCommand(
  sql: string,
  { config: file, format, run }: QueryCommandOptions,
  ports: QueryPorts = processPorts,
): Promise<number> {
  const { stdout, stderr } = ports;
  // Nobody is asked and nothing written: what only that needs may be missing here.
  const config = await ports.loadConfig({ cwd: process.cwd(), env: process.env, file, readOnly: true });
  keepSecret(config.secrets);
  const answer = await ports.queryHistory(config, { sql, runId: run });
  try {
    if (format === 'table') {
      // Where nobody says how wide it is, nothing is cut but for what has no end.
      const view = { width: stdout.columns ?? 1_000, paint: createPaint(takesColor(stdout)) };
      const { lines, whole } = await tableAnswer(answer, view);
      stdout.write(`${lines.join('\n')}\n`);
      if (!whole) stderr.write(`only the first ${lines.length - 1} rows are shown: --format csv or json gives all\n`);
      return exitCodes.ok;
    }
    // A file gets what was asked for; a terminal must not take it for commands.
    const clean = stdout.isTTY ? (text: string) => cleanText(text, text.length) : (text: string) => text;
    for await (const text of format === 'csv' ? csvAnswer(answer, clean) : jsonAnswer(answer)) {
      if (!(await isTaken(stdout, text))) return exitCodes.readerGone;
    }
    return exitCodes.ok;
  } finally {
    answer.close();
  }
}

/**
 * Writes a piece of an answer, which may be longer than the memory, and says whether it was taken: who reads the output may
 * have seen enough.
 */
async function isTaken(stream: QueryPorts['stdout'], text: string): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error === null || error === undefined));
  });
}
