import { isObject } from '../unknown.ts';

type Check = (auth: Readonly<Record<string, unknown>>) => readonly string[];

/** A name that a header or a parameter can have. */
const tokenName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const checks: Readonly<Record<string, Check>> = {
  'api-key': (auth) => [
    ...('header' in auth === 'query' in auth ? ['auth needs either header or query, the place of the key'] : []),
    ...named(auth, 'header'),
    ...named(auth, 'query'),
    ...texts(auth, ['value']),
    ...unknown(auth, ['header', 'query', 'value']),
  ],
  bearer: (auth) => [...texts(auth, ['token']), ...unknown(auth, ['token'])],
  basic: (auth) => [
    ...texts(auth, ['user']),
    ...(typeof auth['password'] === 'string' ? [] : ['auth.password must be a text']),
    ...unknown(auth, ['user', 'password']),
  ],
  oauth2: oauth2Problems,
  signed: (auth) => [
    ...(typeof auth['sign'] === 'function' ? [] : ['auth.sign must be a function of the request']),
    ...records(auth, 'secrets'),
    ...unknown(auth, ['sign', 'secrets']),
  ],
};

/** The kinds of `auth`. */
export const authKinds = Object.keys(checks);

/** What keeps a value from being the `auth` of a source, one sentence each; none for a good one and for none at all. */
export function authProblems(auth: unknown): readonly string[] {
  if (auth === undefined) return [];
  const check = isObject(auth) ? checks[String(auth['kind'])] : undefined;
  if (!isObject(auth) || check === undefined) {
    return [
      `auth must be made by apiKey, bearer, basic, oauth2…, signedRequests, or have one of the kinds ${authKinds.join(', ')}`,
    ];
  }
  return check(auth);
}

function oauth2Problems(auth: Readonly<Record<string, unknown>>): readonly string[] {
  const { grant, clientAuth, onRotation, scope } = auth;
  const needed = grant === 'refresh_token' ? ['refreshToken'] : ['clientSecret'];
  return [
    ...(grant === 'client_credentials' || grant === 'refresh_token'
      ? []
      : ['auth.grant must be "client_credentials" or "refresh_token"']),
    ...texts(auth, ['tokenUrl', 'clientId', ...needed]),
    ...(typeof auth['tokenUrl'] === 'string' && !isTokenUrl(auth['tokenUrl'])
      ? ['auth.tokenUrl must be an http or https URL, or a path']
      : []),
    ...(auth['clientSecret'] === undefined || typeof auth['clientSecret'] === 'string'
      ? []
      : ['auth.clientSecret must be a text']),
    ...(scope === undefined || typeof scope === 'string' ? [] : ['auth.scope must be a text']),
    ...(clientAuth === undefined || clientAuth === 'basic' || clientAuth === 'body'
      ? []
      : ['auth.clientAuth must be "basic" or "body"']),
    ...(onRotation === undefined || typeof onRotation === 'function' ? [] : ['auth.onRotation must be a function']),
    ...records(auth, 'params'),
    ...unknown(auth, [
      'grant',
      'tokenUrl',
      'clientId',
      'clientSecret',
      'refreshToken',
      'scope',
      'params',
      'clientAuth',
      'onRotation',
    ]),
  ];
}

/** A reference may stand in it: then it is judged when it is resolved. */
function isTokenUrl(url: string): boolean {
  if (url.includes('${') || url.startsWith('/')) return true;
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function texts(auth: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly string[] {
  return keys
    .filter((key) => typeof auth[key] !== 'string' || auth[key] === '')
    .map((key) => `auth.${key} must be a text that is not empty`);
}

function named(auth: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const name = auth[key];
  const good = name === undefined || (typeof name === 'string' && tokenName.test(name));
  return good ? [] : [`auth.${key} must be a name that a header or a parameter can have`];
}

function records(auth: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = auth[key];
  const good = value === undefined || (isObject(value) && Object.values(value).every((one) => typeof one === 'string'));
  return good ? [] : [`auth.${key} must be an object of texts`];
}

function unknown(auth: Readonly<Record<string, unknown>>, known: readonly string[]): readonly string[] {
  return Object.keys(auth)
    .filter((key) => key !== 'kind' && !known.includes(key))
    .map((key) => `auth.${key} is not an option of ${String(auth['kind'])}: there are ${known.join(', ')}`);
}
