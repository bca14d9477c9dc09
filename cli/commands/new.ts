import { type Scaffold, writeNew } from '../scaffold/scaffold.ts';
import { sinkScaffold } from '../scaffold/sink-scaffold.ts';
import { sourceScaffold } from '../scaffold/source-scaffold.ts';
import { testCommand } from '../scaffold/test-command.ts';

/** Kinds of plugins that can be begun. */
export const newKinds = ['source', 'sink'] as const;

const scaffolds: Readonly<Record<(typeof newKinds)[number], (name: string) => Scaffold>> = {
  source: sourceScaffold,
  sink: sinkScaffold,
};

/** Writes a plugin and its test into the working directory. Throws `config_invalid` where one of the files is there. */
export async function newCommand(kind: (typeof newKinds)[number], name: string): Promise<void> {
  const { files, plugin, test } = scaffolds[kind](name);
  await writeNew(process.cwd(), files);
  const width = Math.max(...files.map(({ path }) => path.length));
  const lines = [
    'wrote',
    ...files.map(({ path, what }) => `  ${path.padEnd(width)}  ${what}`),
    '',
    `in the config:  ${kind}s: ['./${plugin}']`,
    `run its test:   ${testCommand(test)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
