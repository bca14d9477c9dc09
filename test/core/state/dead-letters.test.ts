import { describe, expect, it } from 'vitest';
import type { Reject } from '../../../core/contracts/batch.ts';
import { SluiceError } from '../../../core/errors.ts';
import { createDeadLetters, type DeadLetterPosition, noLetters } from '../../../core/state/dead-letters.ts';
import type { DiskFile } from '../../../core/state/disk.ts';
import { createLetterContent } from '../../../core/state/letter-content.ts';
import { createVault } from '../../../core/state/vault.ts';
import { fakeDisk } from '../../support/fake-disk.ts';

const secret = 'hush-hush-4711';
const at = Date.UTC(2026, 0, 31);
const reject: Reject = { reason: 'missing_title', index: 3, field: 'title', message: 'there is none', raw: '{"id":7}' };
const unreadable = new SluiceError('malformed_json', 'not JSON');

async function letters(change: { position?: DeadLetterPosition; maxBytes?: number; file?: DiskFile } = {}) {
  const disk = fakeDisk();
  await disk.makeFolder('/run');
  const faults: string[] = [];
  const made = createDeadLetters({
    path: '/run/letters',
    file: change.file ?? (await disk.append('/run/letters')),
    position: change.position ?? noLetters,
    maxBytes: change.maxBytes ?? 10_000,
    versions: new Map([['shop', '1.2.3']]),
    clean: (text) => text.replaceAll(secret, '***'),
    content: createLetterContent([secret], createVault([secret])),
    onFault: ({ message }) => void faults.push(message),
  });
  const read = (): string => disk.contents('/run/letters')?.toString() ?? '';
  const lines = (): unknown[] =>
    read()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  return { made, read, lines, faults, disk };
}

describe('dead letters', () => {
  it('are JSON, one a line, with the item as it came', async () => {
    const { made, lines } = await letters();
    made.record('shop', 'GET /things', reject, at);
    await made.flush();
    expect(lines()).toEqual([
      {
        at: '2026-01-31T00:00:00.000Z',
        kind: 'record',
        source: 'shop',
        plugin: '1.2.3',
        page: 'GET /things',
        code: 'invalid_record',
        reason: 'missing_title',
        field: 'title',
        index: 3,
        message: 'there is none',
        raw: { id: 7 },
      },
    ]);
  });

  it('keep an item that was cut as a text', async () => {
    const { made, lines } = await letters();
    made.record('shop', 'GET /things', { ...reject, raw: '{"id":7,"na', truncated: true }, at);
    await made.flush();
    expect(lines()).toMatchObject([{ raw_text: '{"id":7,"na' }]);
    expect(lines()[0]).not.toHaveProperty('raw');
  });

  it('keep what came of a page that could not be read, byte for byte', async () => {
    const { made, lines } = await letters();
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, 0x7b, 0xff, 0x00]);
    made.page('shop', 'GET /things', unreadable, bytes, at);
    await made.flush();
    const [line] = lines() as { code: string; bytes: string }[];
    expect(line).toMatchObject({ kind: 'page', code: 'malformed_json', message: 'not JSON' });
    expect(Uint8Array.from(Buffer.from(line?.bytes ?? '', 'base64'))).toEqual(bytes);
  });

  it('hold no secret, wherever it came from', async () => {
    const { made, read } = await letters();
    const message = `bad: ${secret}`;
    made.record(`shop`, `GET /?k=${secret}`, { ...reject, field: secret, message, raw: `{"x":"${secret}"}` }, at);
    made.record('shop', 'GET /', { ...reject, raw: `{"x":"${secret}`, truncated: true }, at);
    made.page('shop', `GET /?k=${secret}`, new SluiceError('malformed_json', message), Buffer.from(`<${secret}>`), at);
    await made.flush();
    const bodies = read().replaceAll(/"bytes":"([^"]*)"/g, (_, text: string) => Buffer.from(text, 'base64').toString());
    expect(bodies).not.toContain(secret);
    expect(read().trimEnd().split('\n')).toHaveLength(3);
  });

  it('are in the file for good when a flush has said how far they go', async () => {
    const { made, disk } = await letters();
    made.record('shop', 'GET /things', reject, at);
    const { bytes, kept } = await made.flush();
    expect(kept).toBe(1);
    expect(disk.restart({ power: true }).contents('/run/letters')).toHaveLength(bytes);
  });

  it('count what does not fit, and go on with the count of an earlier life', async () => {
    const { made, read } = await letters({ maxBytes: 500, position: { bytes: 100, kept: 2, omitted: 1 } });
    for (let index = 0; index < 4; index++) made.record('shop', 'GET /things', { ...reject, index }, at);
    const { bytes, kept, omitted } = await made.flush();
    expect([kept, omitted]).toEqual([3, 4]);
    expect([made.kept, made.omitted]).toEqual([3, 4]);
    expect(bytes).toBe(100 + read().length);
  });

  it('say how far each flush goes, not how far those go that came meanwhile', async () => {
    const { made } = await letters();
    made.record('shop', 'GET /things', reject, at);
    const first = made.flush();
    made.record('shop', 'GET /things', reject, at);
    const second = made.flush();
    expect((await first).kept).toBe(1);
    expect((await second).kept).toBe(2);
  });

  it('count as omitted what a full disk did not take, are told once, and end where the file was whole', async () => {
    let full = false;
    const file: DiskFile = {
      size: 0,
      append: () => (full ? Promise.reject(new Error('no space left')) : Promise.resolve()),
      sync: () => Promise.resolve(),
      truncate: () => Promise.resolve(),
      close: () => Promise.reject(new Error('no space left')),
    };
    const { made, faults } = await letters({ file });
    made.record('shop', 'GET /things', reject, at);
    const before = await made.flush();
    full = true;
    made.record('shop', 'GET /things', reject, at);
    made.record('shop', 'GET /things', reject, at);
    expect(await made.flush()).toEqual({ ...before, omitted: 2 });
    made.record('shop', 'GET /things', reject, at);
    expect(await made.flush()).toEqual({ ...before, omitted: 3 });
    expect([made.kept, made.omitted, faults]).toEqual([1, 3, ['no space left']]);
    await expect(made.close()).resolves.toBeUndefined();
  });
});
