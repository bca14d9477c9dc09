import type { Scaffold } from './scaffold.ts';

/** A sink that writes a file of one record a line, which readers see whole or not at all, with its test. */
export function sinkScaffold(name: string): Scaffold {
  const folder = `sinks/${name}`;
  return {
    plugin: `${folder}/${name}.ts`,
    test: `${folder}/${name}.test.ts`,
    files: [
      { path: `${folder}/${name}.ts`, text: plugin(name), what: 'the sink: put in where the records are to go' },
      { path: `${folder}/${name}.test.ts`, text: test(name), what: 'its test' },
    ],
  };
}

function plugin(name: string): string {
  return `import { access, copyFile, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { defineSink, makeFolder, type SinkContext, type SinkPosition, SluiceError } from 'sluice/plugin';

/** One record a line, in out/${name}.ndjson. */
export default defineSink({
  name: '${name}',
  api: '^1',
  // Readers get the file at the end: should the run fail before, nothing counts as written.
  delivers: 'on-close',
  async open(context, _options, position) {
    const { target, unfinished } = filesOf(context);
    await makeFolder(dirname(target));
    // A run that is taken up may have published its file already.
    if (position !== undefined && !(await exists(unfinished))) await copyFile(target, unfinished);
    const file = await open(unfinished, 'a');
    // What was written behind the committed position comes again.
    let bytes = bytesOf(position);
    await file.truncate(bytes);
    return {
      async write(batch) {
        await file.appendFile(batch.ndjson);
        bytes += batch.ndjson.byteLength;
      },
      async commit() {
        await file.datasync();
        // Somebody may have removed it: what goes into it then is lost without a word.
        if ((await file.stat()).nlink === 0) throw new SluiceError('sink_failed', \`\${unfinished} was removed\`);
        return { bytes };
      },
      async close() {
        await file.close();
        await rename(unfinished, target);
      },
      async abort() {
        await file.close();
        // Where the run can be taken up again, it goes on from here.
        if (!context.resumable) await rm(unfinished, { force: true });
      },
    };
  },
  async forget(context) {
    await rm(filesOf(context).unfinished, { force: true });
  },
});

function filesOf({ baseDir, runId }: Pick<SinkContext, 'baseDir' | 'runId'>): { readonly target: string; readonly unfinished: string } {
  const target = resolve(baseDir, 'out/${name}.ndjson');
  return { target, unfinished: join(dirname(target), \`.\${basename(target)}.\${runId}.tmp\`) };
}

function bytesOf(position: SinkPosition | undefined): number {
  const known = typeof position === 'object' && position !== null && 'bytes' in position;
  return known && typeof position.bytes === 'number' ? position.bytes : 0;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
`;
}

function test(name: string): string {
  return `import { test } from 'node:test';
import { testSink } from 'sluice/testing';
import sink from './${name}.ts';

// In a folder of its own: kills the sink at every point, takes it up again, and counts the records.
test('${name} keeps its contract', async () => {
  await testSink(sink);
});
`;
}
