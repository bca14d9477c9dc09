import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Ended, type PackedProject, packedProject } from '../../support/packed-project.ts';

/** Serves one page, whatever is asked for. */
async function serve(page: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Begins a plugin; its test is run by the command that is printed. */
async function begin(project: PackedProject, kind: string, name: string): Promise<{ test(): Promise<Ended> }> {
  const { code, stdout, stderr } = await project.pipeline('new', kind, name);
  expect([code, stderr]).toEqual([0, '']);
  const [, command = ''] = /^run its test: +node (.+)$/m.exec(stdout) ?? [];
  return { test: () => project.node('--test-reporter=tap', ...command.split(' ')) };
}

test(
  'a config, a source and a sink that were begun by command run, type-check and pass their tests',
  { timeout: 60_000 },
  async () => {
    const project = await packedProject();
    expect(await project.pipeline('init', '--yes')).toMatchObject({ code: 0, stderr: '' });
    const source = await begin(project, 'source', 'book_shop');
    const sink = await begin(project, 'sink', 'archive-2');
    expect(await project.compile(['pipeline.config.ts', 'sources', 'sinks'])).toBe('');

    // One after the other: what the loader of an older Node has compiled for one, the next need not.
    expect(await source.test()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# pass 1$/m) });
    expect(await sink.test()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# pass 1$/m) });
    // It would notice: the source's own page says another thing now.
    await project.write({ 'sources/book_shop/page-1.json': '{ "items": [{ "id": 1 }], "total": 1 }' });
    expect(await source.test()).toMatchObject({ code: 1, stdout: expect.stringContaining('missing_title') });

    const baseUrl = await serve('{ "items": [{ "id": 7, "name": "A book", "price": 5 }], "total": 1 }');
    await project.write({
      'pipeline.config.ts': `import { defineConfig } from 'sluice';
      export default defineConfig({
        sources: [{ use: './sources/book_shop/book_shop.ts', baseUrl: '${baseUrl}' }],
        sinks: ['./sinks/archive-2/archive-2.ts'],
        workers: { threads: 1 },
      });`,
    });
    expect(await project.pipeline('run', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(await project.read('out/archive-2.ndjson'))).toMatchObject({
      id: 'book_shop:7',
      title: 'A book',
      price: 5,
    });
  },
);
