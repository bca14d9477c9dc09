import { isObject, property } from '../unknown.ts';

/** What in an auth is secret by what it is, wherever it comes from. */
const secretKeys = ['value', 'token', 'password', 'clientSecret', 'refreshToken'];

/** Under which keys of an auth secrets stand. */
export function authKeys(auth: unknown): readonly string[] {
  // Where there is no password, the user is a key.
  const keys = property(auth, 'password') === '' ? [...secretKeys, 'user'] : secretKeys;
  return keys.filter((key) => isText(property(auth, key)));
}

/** The secrets in an auth, in an order that is always the same. */
export function authSecrets(auth: unknown): readonly string[] {
  const handed = property(auth, 'secrets');
  const texts = [
    ...authKeys(auth).map((key) => property(auth, key)),
    ...(isObject(handed) ? Object.values(handed) : []),
  ];
  return texts.filter(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
