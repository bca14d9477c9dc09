import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../../core/contracts/logger.ts';
import { createRedactor } from '../../../core/redact.ts';
import { createLogger } from '../../../core/log/logger.ts';

function recorded(options: { level?: LogLevel; json?: boolean; color?: boolean; secrets?: string[] } = {}) {
  let text = '';
  const logger = createLogger({
    level: options.level ?? 'debug',
    json: options.json ?? false,
    color: options.color ?? false,
    stream: { write: (chunk) => (text += chunk) },
    redact: createRedactor(options.secrets ?? []),
  });
  return { logger, lines: () => text.split('\n').slice(0, -1) };
}

describe('createLogger', () => {
  it('writes one line of time, level and message', () => {
    const { logger, lines } = recorded();
    logger.warn('dummyjson: slow', { source: 'dummyjson' });
    expect(lines()).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d warn {2}dummyjson: slow$/)]);
  });

  it.each([
    ['silent', []],
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const)('writes at level %s only %j', (level, expected) => {
    const { logger, lines } = recorded({ level, json: true });
    for (const each of ['error', 'warn', 'info', 'debug'] as const) logger[each]('x');
    expect(lines().map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected);
  });

  it('writes JSON lines with the fields beside time, level and message', () => {
    const { logger, lines } = recorded({ json: true });
    logger.info('page 1', { source: 'a', ms: 1.5, error: undefined, level: 'no', time: 'no', message: 'no' });
    const line = JSON.parse(lines()[0] ?? '') as Record<string, unknown>;
    expect(line).toEqual({
      source: 'a',
      ms: 1.5,
      time: expect.any(String) as string,
      level: 'info',
      message: 'page 1',
    });
    expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
  });

  it('takes escape sequences and line breaks out of messages and fields', () => {
    const { logger, lines } = recorded({ json: true });
    logger.error('bad\u001b[31m\r\n00:00:00 info  forged', { key: 'a\u001b]0;title\u0007b' });
    expect(lines()).toHaveLength(1);
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({ message: 'bad 00:00:00 info  forged', key: 'ab' });
  });

  it('takes secrets out of messages and fields', () => {
    const { logger, lines } = recorded({ json: true, secrets: ['s3cr3t-value'] });
    logger.error('sent s3cr3t-value', { url: 'http://host/?api_key=abc' });
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({ message: 'sent ***', url: 'http://host/?api_key=***' });
  });

  it('colours the level only where it is told to', () => {
    const plain = recorded();
    const colored = recorded({ color: true });
    plain.logger.error('x');
    colored.logger.error('x');
    expect(plain.lines()[0]).not.toContain('\u001b');
    expect(colored.lines()[0]).toContain('\u001b[31merror');
  });

  it('writes lines that repeat as often as they come', () => {
    const { logger, lines } = recorded();
    for (let line = 0; line < 50; line++) logger.info('again');
    expect(lines()).toHaveLength(50);
  });
});
