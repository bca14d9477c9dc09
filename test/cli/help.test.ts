import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineMockCommand } from '../../cli/definitions/mock.ts';
import { defineRunCommand } from '../../cli/definitions/run.ts';
import { defineWorkerCommand } from '../../cli/definitions/worker.ts';
import { listPlugins } from '../../core/index.ts';

/** The help of a command, its lines joined. */
function helpOf(define: (program: Command, done: () => void) => void): string {
  let text = '';
  const program = new Command('pipeline').configureOutput({ writeOut: (part) => (text += part) });
  define(program, () => undefined);
  program.commands[0]?.outputHelp();
  return text.replaceAll(/\s+/g, ' ');
}

describe('the help of a command', () => {
  it('says what a person gives, not what the parser makes of it', () => {
    expect(helpOf(defineRunCommand)).toContain(
      '--resume [run-id] take up a run: the last one that was stopped, or this one --',
    );
    expect(helpOf(defineWorkerCommand)).toContain('when it is told to end (default: 25s)');
  });

  it('names the ports of all embedded upstreams', async () => {
    const { sources } = await listPlugins();
    const count = sources.filter(({ mock }) => mock).length;
    expect(helpOf(defineMockCommand)).toContain(`on 4001 to ${4000 + count}`);
  });

  it('takes --resume with and without an id', async () => {
    const given: unknown[] = [];
    for (const args of [['--resume'], ['--resume', 'x'], ['--resume', '--quiet']]) {
      const program = new Command();
      defineRunCommand(program, () => undefined);
      program.commands[0]?.action((options: { resume?: unknown }) => void given.push(options.resume));
      await program.parseAsync(['run', ...args], { from: 'user' });
    }
    expect(given).toEqual([true, 'x', true]);
  });
});
