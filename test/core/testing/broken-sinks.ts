/** Sinks that are wrong in one way each; all write lines into one file of their folder. */
import { appendFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SinkContext, SinkPlugin, SinkPosition, SinkWriter } from '../../../core/plugin.ts';

const options = z.strictObject({ name: z.string().default('out.ndjson') });
type Options = z.output<typeof options>;

const lengthOf = async (file: string): Promise<number> =>
  readFile(file).then(
    ({ length }) => length,
    () => 0,
  );

/** Opens the file of a run: cut back to its position, or begun. */
async function openFile(file: string, position: SinkPosition | undefined): Promise<void> {
  if (typeof position !== 'number' || position === 0) return writeFile(file, '');
  await truncate(file, position);
}

const hidden = ({ baseDir, runId }: Omit<SinkContext, 'model'>, { name }: Options): string =>
  join(baseDir, `.${name}.${runId}`);
const shownIn = ({ baseDir }: SinkContext, { name }: Options): string => join(baseDir, name);

/** The published file becomes the growing one again. */
async function bringBack(from: string, to: string): Promise<void> {
  if ((await lengthOf(to)) === 0 && (await lengthOf(from)) > 0) await writeFile(to, await readFile(from));
}

/** A sink that does all as it should. */
export const good: SinkPlugin<Options> = {
  name: 'lines',
  options,
  delivers: 'on-close',
  async open(context, own, position) {
    const file = hidden(context, own);
    if (position !== undefined) await bringBack(shownIn(context, own), file);
    await openFile(file, position);
    return {
      write: (batch) => appendFile(file, batch.ndjson),
      commit: () => lengthOf(file),
      close: () => rename(file, shownIn(context, own)),
      async abort() {
        if (!context.resumable) await rm(file, { force: true });
      },
    };
  },
  forget: (context, own) => rm(hidden(context, own), { force: true }),
};

type Change = (writer: SinkWriter, context: SinkContext, own: Options) => Partial<SinkWriter>;

const writing = (change: Change, plugin: SinkPlugin<Options> = good): SinkPlugin<Options> => ({
  ...plugin,
  async open(context, own, position) {
    const writer = await plugin.open(context, own, position);
    return { ...writer, ...change(writer, context, own) };
  },
});

/** Writes where readers look, from the beginning on. */
const inTheOpen = (name: string): SinkPlugin<Options> => ({
  name: 'open',
  options,
  async open(context, _own, position) {
    const file = join(context.baseDir, name);
    await openFile(file, position);
    return {
      write: (batch) => appendFile(file, batch.ndjson),
      commit: () => lengthOf(file),
      async close() {},
      async abort() {},
    };
  },
});

/** Each with what the tests of sinks have to say of it. */
export const brokenSinks: Readonly<Record<string, () => readonly [sink: SinkPlugin<Options>, problem: string]>> = {
  'begins anew whatever the position': () => [
    { ...good, open: (context, own) => good.open(context, own) },
    'killed when one page was committed, and opened again at the position of the last commit, it has lost 2 records of 51, such as "kit:1": commit() must not return before what was written would survive, and open() must keep all before the position',
  ],
  'goes on at the end of what is there': () => [
    {
      ...good,
      open: async (context, own, position) => {
        const file = hidden(context, own);
        await bringBack(shownIn(context, own), file);
        return good.open(context, own, position === undefined ? undefined : await lengthOf(file));
      },
    },
    'killed when no page was committed and another one was written, and opened again at the position of the last commit, it shows 2 records twice, such as "kit:1": what was written behind the position must be gone, or do no harm when it comes again',
  ],
  'gives the position of the commit before': () => {
    const last = new Map<string, number>();
    return [
      writing((writer, { baseDir }) => ({
        async commit() {
          const before = last.get(baseDir) ?? 0;
          last.set(baseDir, Number(await writer.commit()));
          return before;
        },
      })),
      'opened again at the position of the last commit, it has lost',
    ];
  },
  'holds back what it has committed': () => [
    {
      ...good,
      async open(context, own, position) {
        const writer = await good.open(context, own, position);
        let held = new Uint8Array();
        const file = hidden(context, own);
        const flush = async (): Promise<void> => {
          await appendFile(file, held);
          held = new Uint8Array();
        };
        return {
          ...writer,
          async write(batch) {
            await flush();
            held = Uint8Array.from(batch.ndjson);
          },
          commit: async () => (await lengthOf(file)) + held.length,
          async close(report) {
            await flush();
            await writer.close(report);
          },
        };
      },
    },
    'commit() must not return before what was written would survive',
  ],
  'leaves a half of JSON when it is given up': () => [
    {
      ...inTheOpen('out.json'),
      async open(context) {
        const file = join(context.baseDir, 'out.json');
        await writeFile(file, '[');
        let first = true;
        return {
          async write(batch) {
            const lines = batch.records().map((record) => JSON.stringify(record));
            await appendFile(file, `${first ? '' : ','}${lines.join(',')}`);
            first = false;
          },
          commit: async () => null,
          close: () => appendFile(file, ']'),
          async abort() {},
        };
      },
    },
    'given up before anything was written, out.json stands where readers look, and is half of something (SyntaxError: ',
  ],
  'leaves half a line when it is given up': () => [
    {
      ...inTheOpen('out.ndjson'),
      async open(context, own, position) {
        const writer = await inTheOpen('out.ndjson').open(context, own, position);
        const file = join(context.baseDir, 'out.ndjson');
        return { ...writer, abort: async () => truncate(file, Math.max(0, (await lengthOf(file)) - 5)) };
      },
    },
    'given up after a commit, out.ndjson stands where readers look, and is half of something',
  ],
  'shows its records before the end': () => [
    { ...inTheOpen('out.ndjson'), delivers: 'on-close' },
    'it says delivers: "on-close", and readers see records before its close()',
  ],
  'leaves its records behind when it is given up': () => [
    writing((_writer, context, own) => ({ abort: () => rename(hidden(context, own), shownIn(context, own)) })),
    'given up after a commit, it leaves records where readers look, though it says delivers: "on-close"',
  ],
  'takes away what an earlier run has left': () => [
    {
      ...good,
      async open(context, own, position) {
        if (position === undefined) await rm(shownIn(context, own), { force: true });
        return good.open(context, own, position);
      },
    },
    'given up, it takes away what an earlier run had left for readers',
  ],
  'drops a line that is too long for it': () => [
    writing((_writer, context, own) => ({
      write: (batch) =>
        appendFile(
          hidden(context, own),
          batch
            .records()
            .map((record) => `${JSON.stringify(record)}\n`)
            .filter((line) => line.length < 500_000)
            .join(''),
        ),
    })),
    'after its close(), it lacks 1 record, such as "kit:43"',
  ],
  'writes each record twice': () => [
    writing((writer) => ({
      async write(batch) {
        await writer.write(batch);
        await writer.write(batch);
      },
    })),
    'after its close(), it shows 51 records twice, such as "kit:1"',
  ],
  'writes into the batch': () => [
    writing((writer) => ({
      async write(batch) {
        await writer.write(batch);
        batch.ndjson.fill(32);
      },
    })),
    'write() changes the batch that it is given: other sinks are given the same one',
  ],
  'writes nothing that anybody sees': () => [
    writing((_writer, context, own) => ({ close: () => rm(hidden(context, own)) })),
    'after its close(), readers see nothing: give `read`, which returns what they see',
  ],
  'takes an option that it does not know': () => [
    { ...good, options: z.object({ name: z.string().default('out.ndjson') }) },
    'its options schema takes an option that it does not know, so that a misspelt one is passed over: make it strict',
  ],
  'throws for options that are wrong': () => [
    {
      ...good,
      options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: options.parse(value) }) } },
    },
    'its options schema throws for {"thereIsNoSuchOption":1}: ZodError: ',
  ],
  'gives a position that JSON does not hold': () => [
    writing(() => ({ commit: async () => new Map() as never })),
    'commit() must return a position of plain JSON: position is a Map',
  ],
  'does not open twice': () => {
    const opened = new Set<string>();
    return [
      {
        ...good,
        async open(context, own, position) {
          if (opened.has(context.runId)) throw new Error('it is open already');
          opened.add(context.runId);
          return good.open(context, own, position);
        },
      },
      'undisturbed, it fails: it is open already',
    ];
  },
  'hangs when it is given up': () => [
    writing(() => ({ abort: () => new Promise(() => undefined) })),
    'given up, it fails: abort() takes longer than 300 ms',
  ],
  'never gives an answer to a commit': () => [
    writing(() => ({ commit: () => new Promise(() => undefined) })),
    'undisturbed, it fails: commit() takes longer than 300 ms',
  ],
  'keeps what nobody ever removes': () => {
    const forgetful = { ...good };
    Reflect.deleteProperty(forgetful, 'forget');
    return [
      forgetful,
      'given up, it keeps .out.ndjson.run1 for a resume, and has no forget() that removes it when none comes',
    ];
  },
  'forgets nothing': () => [{ ...good, forget: async () => undefined }, 'forget() leaves .out.ndjson.run1 behind'],
  'says that it takes several writes at once, and does not': () => [
    {
      ...writing((_writer, context, own) => ({
        async write(batch) {
          const file = hidden(context, own);
          const before = await readFile(file);
          await writeFile(file, Buffer.concat([before, batch.ndjson]));
        },
      })),
      concurrency: 3,
    },
    'it says concurrency: 3, and with as many writes at once readers see [',
  ],
  'says that several processes may write to it, and shows what two have written twice': () => [
    { ...good, distributed: 'direct' },
    'it says distributed: "direct", and where two processes have written readers see [',
  ],
  'names parts that each machine would look for elsewhere': () => [
    { ...good, distributed: { parts: (_, own) => new Map([['kit', own.name]]) } },
    'distributed.parts() must give an absolute path for each source, and gives "out.ndjson"',
  ],
  'names other parts each time': () => {
    let asked = 0;
    const parts = () => new Map([['kit', `/out/${(asked += 1)}`]]);
    return [{ ...good, distributed: { parts } }, 'distributed.parts() must say the same each time'];
  },
  'takes no notice of a failure': () => [
    writing((writer) => ({ write: (batch) => writer.write(batch)?.catch(() => undefined) })),
    'its files are removed while it writes, and commit() says that all is well',
  ],
  'waits for ever where it can not write': () => [
    {
      ...good,
      async open(context, own, position) {
        await mkdir(context.baseDir, { recursive: true }).catch(() => new Promise(() => undefined));
        return good.open(context, own, position);
      },
    },
    "where it can't write, open() takes longer than 300 ms: it must reject",
  ],
};
