import { configIn, listPlugins, SluiceError } from '../../core/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ConfigChoices, configText, defaultChoices } from '../scaffold/config-text.ts';
import { writeNew } from '../scaffold/scaffold.ts';

export interface InitCommandOptions {
  readonly yes?: boolean;
}

const file = 'pipeline.config.ts';

/**
 * Writes a config that runs into the working directory, after a few questions or, with `yes`, without. Throws
 * `config_invalid` where a config is there already, and where there is nobody to ask.
 */
export async function initCommand({ yes = false }: InitCommandOptions): Promise<number> {
  const folder = process.cwd();
  const there = await configIn(folder);
  if (there !== undefined) {
    throw new SluiceError(
      'config_invalid',
      `there is a config already: ${there}\n  change it, or move it away; nothing was written`,
    );
  }
  const { stdin, stdout } = process;
  if (!yes && !(stdin.isTTY && stdout.isTTY)) {
    throw new SluiceError(
      'config_invalid',
      'init asks what the config is to say, and there is no terminal to ask on\n  take the defaults: pipeline init --yes',
    );
  }
  const choices = yes ? defaultChoices : await ask();
  if (choices === undefined) {
    stdout.write('Nothing was written.\n');
    return exitCodes.interrupted;
  }
  await writeNew(folder, [{ path: file, text: configText(choices), what: 'the config' }]);
  const next = [
    'run it:            pipeline run',
    'without internet:  pipeline run --mock',
    'an API of yours:   pipeline probe URL, or pipeline new source NAME',
  ];
  stdout.write(
    `wrote ${file}: ${choices.sources.join(', ')} to ${choices.path ?? choices.sink}\n\n${next.join('\n')}\n`,
  );
  return exitCodes.ok;
}

/** Loaded on use: whoever takes the defaults is asked nothing. */
async function ask(): Promise<ConfigChoices | undefined> {
  const { askChoices } = await import('../scaffold/ask-choices.ts');
  return askChoices(await listPlugins(), { input: process.stdin, output: process.stdout });
}
