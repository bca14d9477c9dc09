import { describe, expect, it } from 'vitest';
import { secretVariables } from '../../core/secret-variables.ts';

describe('secretVariables', () => {
  it('takes variables by what they are called, in the order of their names', () => {
    const env = {
      SHOP_KEY: '0123456789',
      GITHUB_TOKEN: 'abcdefghij',
      DB_PASSWORD: 'hunter2hunter2',
      db_pass: 'hunter3hunter3',
      AWS_SECRET_ACCESS_KEY: 'klmnopqrst',
    };
    expect([...secretVariables(env).keys()]).toEqual(Object.keys(env).toSorted());
    expect(secretVariables(env).get('SHOP_KEY')).toBe('0123456789');
  });

  it('leaves what is too short to be one, and what is called otherwise: the working folder too', () => {
    const env = {
      SHOP_KEY: 'short',
      API_TOKEN: undefined,
      PWD: '/home/me/shop',
      OLDPWD: '/home/me/other',
      HOME: '/home/me/abcdef',
      SSH_AUTH_SOCK: '/run/user/1000/ssh',
      DESKTOP_SESSION: 'plasma-wayland',
      KEYBOARD: 'de-latin1-nodeadkeys',
      AWS_ACCESS_KEY_ID: 'AKIA0123456789',
    };
    expect([...secretVariables(env).keys()]).toEqual([]);
  });
});
