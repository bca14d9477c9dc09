import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { askChoices } from '../../../cli/scaffold/ask-choices.ts';
import { configText, defaultChoices } from '../../../cli/scaffold/config-text.ts';
import { listPlugins } from '../../../core/index.ts';

const enter = '\r';
const down = '\u001B[B';
const ctrlC = '\u0003';
const escape = '\u001B';

/** Answers the questions with keys, each when its question stands there. Gives the answer, and all that was shown. */
async function answer(keys: readonly (readonly [question: string, keys: readonly string[]])[], columns = 80) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns, rows: 24, isTTY: true });
  let shown = '';
  const waiting = [...keys];
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const [question, presses] = waiting[0] ?? ['', []];
    if (waiting.length === 0 || !stripVTControlCharacters(shown).includes(question)) return;
    waiting.shift();
    void type(presses);
  });
  // One key at a time, and not before the question listens, which it does just after it is drawn.
  const type = async (presses: readonly string[]): Promise<void> => {
    for (const press of presses) {
      await setImmediate();
      input.write(press);
    }
  };
  const choices = await askChoices(await listPlugins(), { input, output });
  return { choices, shown: stripVTControlCharacters(shown), unasked: waiting.length };
}

describe('askChoices', () => {
  it('takes the defaults where only enter is pressed', async () => {
    const { choices, shown } = await answer([
      ['Which sources?', [enter]],
      ['Where to?', [enter]],
      ['Into which file?', [enter]],
    ]);
    expect(choices).toEqual(defaultChoices);
    expect(shown).toContain('https://dummyjson.com');
  });

  it('asks for no file where the sink has none', async () => {
    const { choices } = await answer([
      ['Which sources?', [' ', enter]],
      ['Where to?', [down, down, down, down, enter]],
    ]);
    expect(choices).toEqual({ sources: ['escuelajs', 'jsonplaceholder'], sink: 'stdout' });
  });

  it.each([
    ['Ctrl-C at the first question', ctrlC, []],
    ['Escape at the first question', escape, []],
    ['Ctrl-C at the last one', ctrlC, ['Which sources?', 'Where to?']],
  ])('gives up on %s', async (_what, key, before) => {
    const last = before.length === 0 ? 'Which sources?' : 'Into which file?';
    const { choices, unasked } = await answer([
      ...before.map((question) => [question, [enter]] as const),
      [last, [key]],
    ]);
    expect(choices).toBeUndefined();
    expect(unasked).toBe(0);
  });

  it('has lines that fit into a narrow terminal', async () => {
    const { shown } = await answer([['Which sources?', [ctrlC]]], 30);
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(30);
  });
});

describe('configText', () => {
  it('quotes whatever a path holds', () => {
    const text = configText({ sources: ['dummyjson'], sink: 'ndjson', path: String.raw`it's\here.ndjson` });
    expect(text).toContain(String.raw`sinks: [{ use: 'ndjson', path: 'it\'s\\here.ndjson' }]`);
    expect(configText({ sources: ['dummyjson'], sink: 'stdout' })).toContain("sinks: ['stdout']");
  });

  it('names built-ins that there are', async () => {
    const { sources, sinks } = await listPlugins();
    expect(sources.map(({ name }) => name)).toEqual(expect.arrayContaining([...defaultChoices.sources]));
    expect(sinks.map(({ name }) => name)).toContain(defaultChoices.sink);
  });
});
