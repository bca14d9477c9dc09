import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpServer } from '../../support/fault-server.ts';
import { runToFile } from '../../support/pipeline.ts';
import { apiServers, type ApiServer, type Asked, itemCount } from './api-servers.ts';

const folder = fileURLToPath(new URL('../../../docs/examples/apis/', import.meta.url));
const names = readdirSync(folder).map((file) => file.replace('.ts', ''));

/** Serves an API on a port of its own, and remembers what it was asked. */
async function serve(answer: ApiServer) {
  const asked: Asked[] = [];
  const server = await httpServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const { method = '', headers } = request;
      const url = new URL(request.url ?? '', `http://${headers.host}`);
      const body = text === '' ? {} : (JSON.parse(text) as Asked['body']);
      const isJson = method === 'GET' || headers['content-type'] === 'application/json';
      const one = { method, url, body, earlier: asked.length };
      asked.push(one);
      const reply = isJson ? answer(one) : { status: 415, body: {} };
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.body));
    });
  });
  onTestFinished(() => server.close());
  return { url: server.origin, asked };
}

async function run(name: string, baseUrl: string) {
  const use = `${folder}${name}.ts`;
  const rateLimit = { requests: 200, perMs: 1000 };
  return runToFile({ sources: [{ use, baseUrl, rateLimit, rateLimitMarginMs: 0, retry: { retries: 1, baseMs: 10 } }] });
}

describe('the examples of public APIs', () => {
  it('are ten', () => {
    expect(names).toEqual(Object.keys(apiServers).toSorted());
  });

  it.each(names)('of %s are declared in at most twelve lines', (name) => {
    const [, declared = ''] = readFileSync(`${folder}${name}.ts`, 'utf8').split('export default defineSource({\n');
    expect(declared.split('\n});')[0]?.split('\n').length).toBeLessThanOrEqual(12);
  });

  it.each(names)('of %s bring every item once', async (name) => {
    const { url, asked } = await serve(apiServers[name as keyof typeof apiServers]);
    const { document, exitCode } = await run(name, url);
    expect(document.errors).toEqual([]);
    expect(exitCode).toBe(0);
    expect(document.products).toHaveLength(itemCount);
    expect(new Set(document.products.map(({ id }) => id)).size).toBe(itemCount);
    expect(asked.length).toBeLessThan(itemCount / 15);
  });

  it('say what Slack says in a 200', async () => {
    const { url, asked } = await serve(() => ({ body: { ok: false, error: 'invalid_auth' } }));
    const { document, exitCode } = await run('slack', url);
    expect(document.errors).toMatchObject([{ error: 'response_refused', status: 200 }]);
    expect(document.errors[0]?.message).toContain('which means: ok: false');
    expect(exitCode).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it('say what GraphQL says in a 200, with data or without', async () => {
    const { url } = await serve((asked) => {
      const answer = apiServers.relay(asked);
      if (asked.earlier === 0) return answer;
      return { body: { data: null, errors: [{ message: 'the cursor has expired' }] } };
    });
    const { document, exitCode } = await run('relay', url);
    expect(document.errors).toMatchObject([
      { error: 'response_refused', attempts: 2, message: 'the answer holds errors: the cursor has expired' },
    ]);
    expect(document.products).toHaveLength(50);
    expect(exitCode).toBe(3);
  });
});
