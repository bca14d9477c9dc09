import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportCommand, type ReportCommandOptions } from '../../../cli/commands/report.ts';
import type { ResolvedConfig } from '../../../core/config/resolved.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { sampleRecord } from '../render/sample-record.ts';

/** A state folder with two runs; the newer one is `20260102T000000000-b`. */
async function reporting(options: ReportCommandOptions, runId?: string) {
  const dir = await temporaryFolder();
  for (const id of ['20260101T000000000-a', '20260102T000000000-b']) {
    const record = sampleRecord();
    const report = { ...record.report, summary: { ...record.report.summary, run_id: id } };
    await mkdir(join(dir, 'runs', id), { recursive: true });
    await writeFile(join(dir, 'runs', id, 'report.json'), JSON.stringify({ ...record, report }));
  }
  const config = { secrets: [], state: { dir } } as unknown as ResolvedConfig;
  let printed = '';
  const opened: string[] = [];
  const ports = {
    loadConfig: async () => config,
    stdout: { write: (text: string | Uint8Array) => ((printed += String(text)), true) },
    open: async (file: string) => void opened.push(file),
  };
  await reportCommand(runId, options.out === undefined ? options : { ...options, out: join(dir, options.out) }, ports);
  return { dir, printed, opened };
}

describe('reportCommand', () => {
  it('prints Markdown, of the newest run', async () => {
    const { printed } = await reporting({ format: 'md' });
    expect(printed).toMatch(/^## Partial run `20260102T000000000-b`\n/);
  });

  it('prints all that is kept as JSON, of the run that is named', async () => {
    const { printed } = await reporting({ format: 'json' }, '20260101T000000000-a');
    expect(JSON.parse(printed)).toMatchObject({ version: 1, report: { summary: { run_id: '20260101T000000000-a' } } });
  });

  it('takes the form from the end of the name, makes the folder, and leaves nothing else there', async () => {
    const { dir, printed } = await reporting({ out: 'new/run.md' });
    expect(printed).toBe(`${join(dir, 'new', 'run.md')}\n`);
    expect(await readFile(join(dir, 'new', 'run.md'), 'utf8')).toContain('## Partial run');
    expect(await readdir(join(dir, 'new'))).toEqual(['run.md']);
  });

  it('says what to do where the file can not be written', async () => {
    await expect(reporting({ format: 'md', out: 'runs' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('give another file'),
    });
    const within = reporting({ format: 'md', out: 'runs/20260101T000000000-a/report.json/run.md' });
    await expect(within).rejects.toThrow(/^the report can't be written to [^:]*: E[^:]*: [^:]*; give another file$/);
  });

  it('opens nothing but a page', async () => {
    await expect(reporting({ format: 'md', open: true })).rejects.toThrow('--open shows a page');
  });
});
