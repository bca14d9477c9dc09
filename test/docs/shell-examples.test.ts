/** Commands in the documents are commands that there are, with the options that they have. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { codeBlocks, read, root } from './markdown.ts';

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
];
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Command lines of a document: all lines of `sh` blocks, and what follows a `$` in `text` blocks. */
function commandLines(document: string): readonly string[] {
  return codeBlocks(read(document)).flatMap(({ language, text }) => {
    const lines = text.split('\n').filter((line) => line !== '');
    if (language === 'sh') return lines;
    return language === 'text' ? lines.flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])) : [];
  });
}

/** The commands of a line, each as its words; comments, redirections and quotes taken out. */
function commandsOf(line: string): readonly (readonly string[])[] {
  const code = line.replace(/(?:^|\s)#\s.*$/, '');
  return code.split(/&&|\|/).map((one) => {
    const words = one.replace(/>\s*\S+/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
    return words.map((word) => word.replaceAll(/^['"]|['"]$/g, ''));
  });
}

type Define = (program: Command, done: (exitCode: number) => void) => void;

/** The program with nothing behind its commands: it only reads the line. */
async function emptyProgram(): Promise<Command> {
  const program = new Command('pipeline').exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const file of readdirSync(join(root, 'cli/definitions'))) {
    const module = (await import(`../../cli/definitions/${file.slice(0, -3)}.ts`)) as Record<string, Define>;
    for (const [name, define] of Object.entries(module)) if (/^define\w+Command$/.test(name)) define(program, () => {});
  }
  for (const command of [...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    if (command.commands.length === 0) command.action(() => {});
  }
  return program;
}

/** What is wrong with a command; undefined for nothing. */
async function problemOf([program = '', ...args]: readonly string[]): Promise<string | undefined> {
  switch (program) {
    case 'npx':
      return args[0] === 'pipeline' ? problemOf(args) : `npx ${args[0]}`;
    case 'pipeline':
      return args[0] === 'help' ? problemOf(['pipeline', ...args.slice(1), '--help']) : parse(args);
    case 'npm': {
      const script = args[0] === 'run' ? args[1] : args[0];
      return ['ci', 'init', 'install', 'pkg'].includes(args[0] ?? '') || (script ?? '') in scripts
        ? undefined
        : `no script ${script}`;
    }
    case 'docker': {
      const image = args.indexOf('sluice');
      return args[0] === 'run' ? parse(args.slice(image + 1)) : undefined;
    }
    // Of these only the words that stand for this project's own could be wrong.
    case 'curl':
    case 'mkdir':
    case 'node':
      return undefined;
    default:
      return existsSync(join(root, program)) ? undefined : `nobody knows ${program}`;
  }
}

async function parse(args: readonly string[]): Promise<string | undefined> {
  const program = await emptyProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message: string };
    return code === 'commander.helpDisplayed' ? undefined : message;
  }
}

test('a line is taken apart into its commands', () => {
  expect(commandsOf("mkdir -p out && npx pipeline probe 'https://a.b/c?d=e&f' > x.json # why")).toEqual([
    ['mkdir', '-p', 'out'],
    ['npx', 'pipeline', 'probe', 'https://a.b/c?d=e&f'],
  ]);
});

test.each(['pipeline run --no-such-option', 'pipeline no-such-command', 'npm run no-such-script', 'make'])(
  'what is not there is found: %s',
  async (line) => {
    expect(await problemOf(commandsOf(line)[0] ?? [])).toBeDefined();
  },
);

test.each(documents)('commands of %s are there, with their options', async (document) => {
  const problems: string[] = [];
  for (const line of commandLines(document)) {
    for (const command of commandsOf(line)) {
      const problem = await problemOf(command);
      if (problem !== undefined) problems.push(`${line}: ${problem}`);
    }
  }
  expect(problems).toEqual([]);
});
