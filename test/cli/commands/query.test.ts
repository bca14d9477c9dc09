import { describe, expect, it } from 'vitest';
import { queryCommand, type QueryCommandOptions, type QueryPorts } from '../../../cli/commands/query.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import type { QueryValue } from '../../../core/index.ts';

/** What the command prints of an answer with one column, on a terminal or elsewhere. */
async function asking(
  options: QueryCommandOptions,
  {
    values = ['a'],
    terminal = false,
    gone = false,
  }: { values?: QueryValue[]; terminal?: boolean; gone?: boolean } = {},
) {
  const printed = { stdout: '', stderr: '', closed: 0, asked: {} as unknown };
  const code = await queryCommand('SELECT 1', options, {
    loadConfig: async () => ({ secrets: [] }) as unknown as ResolvedConfig,
    async queryHistory(_, question) {
      printed.asked = question;
      return {
        columns: [{ name: 'x', type: 'VARCHAR', kind: 'text' }],
        rows: (async function* rows() {
          yield values.map((value) => [value]);
        })(),
        close: () => void (printed.closed += 1),
      };
    },
    stdout: {
      columns: 80,
      isTTY: terminal,
      write: (text: string, done?: (error?: Error) => void) => {
        if (!gone) printed.stdout += text;
        done?.(gone ? new Error('EPIPE') : undefined);
        return true;
      },
    } as QueryPorts['stdout'],
    stderr: { write: (text: string | Uint8Array) => ((printed.stderr += String(text)), true) },
  });
  return { ...printed, code };
}

describe('queryCommand', () => {
  it('prints a table, and lets go of the history', async () => {
    const found = await asking({ format: 'table' });
    expect(found).toMatchObject({ stdout: 'x\na\n', stderr: '', closed: 1, code: 0 });
  });

  it('asks about the run that is named', async () => {
    expect((await asking({ format: 'json', run: 'r1' })).asked).toEqual({ sql: 'SELECT 1', runId: 'r1' });
  });

  it('says that a table is not whole, beside it', async () => {
    const { stdout, stderr } = await asking({ format: 'table' }, { values: Array.from({ length: 1_001 }, () => 'a') });
    expect(stdout.split('\n')).toHaveLength(1_002);
    expect(stderr).toBe('only the first 1000 rows are shown: --format csv or json gives all\n');
  });

  it('keeps what a terminal takes for commands out of CSV on a terminal, and in a file', async () => {
    const values = ['\u001b[31mred'];
    expect((await asking({ format: 'csv' }, { values, terminal: true })).stdout).toBe('x\nred\n');
    expect((await asking({ format: 'csv' }, { values })).stdout).toBe('x\n\u001b[31mred\n');
  });

  it('ends when nobody reads on', async () => {
    expect(await asking({ format: 'csv' }, { gone: true })).toMatchObject({ code: 141, closed: 1 });
  });
});
