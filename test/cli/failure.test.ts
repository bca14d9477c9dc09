import { afterEach, describe, expect, it } from 'vitest';
import { describeFailure, viewOf } from '../../cli/failure.ts';
import { keepSecret } from '../../cli/known-secrets.ts';
import { SluiceError } from '../../core/errors.ts';

const plain = { json: false, debug: false };

describe('describeFailure', () => {
  it('prints what is wrong with a config line by line, and exits with 2', () => {
    const error = new SluiceError(
      'config_invalid',
      'pipeline.config.ts has 2 problems\n  sinks: none\n  sources[0]: \u001b[1mx',
    );
    expect(describeFailure(error, plain)).toEqual({
      text: 'error: pipeline.config.ts has 2 problems\n  sinks: none\n  sources[0]: x\n',
      exitCode: 2,
    });
  });

  it.each(['config_not_found', 'env_missing', 'plugin_not_found', 'plugin_invalid', 'plugin_not_reachable'] as const)(
    'takes %s for something that the user can put right',
    (code) => {
      expect(describeFailure(new SluiceError(code, 'x'), plain)).toEqual({ text: 'error: x\n', exitCode: 2 });
    },
  );

  it('prints one line and a hint for what nobody expected, and exits with 1', () => {
    const { text, exitCode } = describeFailure(new TypeError('x is not\na function'), plain);
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^error: x is not a function\n.*--log-level debug.*\n$/);
  });

  it('gives no hint that its command does not know', () => {
    const view = viewOf(['probe', 'https://example.com']);
    expect(describeFailure(new TypeError('x'), view).text).toBe('error: x\n');
    expect(describeFailure(new TypeError('x'), viewOf(['run'])).text).toContain('--log-level debug');
  });

  it('shows the stack and the causes at debug', () => {
    const { text } = describeFailure(new Error('outer', { cause: new Error('inner') }), { json: false, debug: true });
    expect(text).toMatch(/^error: outer\n {4}at .*\n[^]*caused by: inner\n {4}at /);
  });

  it('prints one JSON line where logs are JSON', () => {
    const { text } = describeFailure(new SluiceError('config_invalid', 'a\nb'), { json: true, debug: false });
    expect(JSON.parse(text)).toMatchObject({ level: 'error', error: 'config_invalid', message: 'a\nb' });
    expect(text.trimEnd()).not.toContain('\n');
  });

  it('takes anything that can be thrown', () => {
    expect(describeFailure('oops', plain).text).toMatch(/^error: oops\n/);
    expect(describeFailure(undefined, { json: false, debug: true }).text).toBe('error: undefined\n');
  });
});

describe('describeFailure, once a config is loaded', () => {
  afterEach(() => keepSecret([]));

  it.each([
    { json: false, debug: true },
    { json: true, debug: true },
  ])('shows no secret, in the message, the stack or a cause: %j', (view) => {
    keepSecret(['s3cret+value', 'one-line/0123\nanother/4567']);
    const deepest = new Error('one-line/0123\nanother/4567');
    const thrown = new Error(`with s3cret%2Bvalue`, { cause: new Error('as s3cret+value', { cause: deepest }) });
    thrown.stack = 'Error: x\n    at s3cret+value (file.js:1:2)';
    const { text } = describeFailure(thrown, view);
    expect(text).not.toMatch(/s3cret|0123|4567/);
    expect(text).toContain('with ***');
    expect(text).toContain('at *** (file.js:1:2)');
    expect(text).toContain('caused by: as ***');
  });

  it('keeps the lines of a message about a config', () => {
    keepSecret(['s3cret+value']);
    const error = new SluiceError(
      'config_invalid',
      '1 problem\n\n  sources[0].name: found "s3cret+value"\n      allowed: x',
    );
    expect(describeFailure(error, plain).text).toBe(
      'error: 1 problem\n\n  sources[0].name: found "***"\n      allowed: x\n',
    );
  });

  it('comes to an end of causes that go in circles', () => {
    const error = new Error('round');
    error.cause = error;
    const { text } = describeFailure(error, { json: false, debug: true });
    expect(text.match(/caused by: round/g)?.length).toBeLessThan(20);
  });
});

describe('viewOf', () => {
  it('reads how failures are to be told', () => {
    expect(viewOf(['run', '--json', '--log-level', 'debug'])).toEqual({ json: true, debug: true });
    expect(viewOf(['run', '--log-level=debug'])).toEqual({ json: false, debug: true });
    expect(viewOf(['run', '--log-level', 'info', '--config', 'debug'])).toEqual({ json: false, debug: false });
  });
});
