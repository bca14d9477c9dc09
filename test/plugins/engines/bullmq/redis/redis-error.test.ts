import { describe, expect, test } from 'vitest';
import { isPassing, redisError } from '../../../../../plugins/engines/bullmq/redis/redis-error.ts';

describe('isPassing', () => {
  test.each([
    new Error('LOADING Redis is loading the dataset in memory'),
    new Error('CLUSTERDOWN The cluster is down'),
    new Error('Connection is closed.'),
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('Failed'), { lastNodeError: Object.assign(new Error('connect'), { code: 'ETIMEDOUT' }) }),
  ])('%s can pass', (error) => {
    expect(isPassing(error)).toBe(true);
  });

  test.each([new Error("OOM command not allowed when used memory > 'maxmemory'"), new Error('NOPERM'), 'text'])(
    '%s does not pass by itself',
    (error) => {
      expect(isPassing(error)).toBe(false);
    },
  );
});

describe('redisError', () => {
  test('keeps the reason as the cause, without the command that has the password in it', () => {
    const reply = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      command: { name: 'auth', args: ['ann', 'sesame'] },
    });
    const error = redisError(reply, 'connecting', 'cache.test:6379');
    expect(error.code).toBe('redis_refused');
    expect(error.cause).toMatchObject({ message: reply.message });
    expect(error.cause).not.toHaveProperty('command');
  });

  test('says whether asking again can help', () => {
    expect(redisError(new Error('LOADING'), 'counting', 'cache.test').retryable).toBe(true);
    expect(redisError(new Error('OOM'), 'counting', 'cache.test')).toMatchObject({
      code: 'redis_unavailable',
      retryable: false,
    });
  });
});
