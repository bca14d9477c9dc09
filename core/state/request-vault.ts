import type { JsonObject } from '../contracts/json.ts';
import type { PageRequest } from '../contracts/page.ts';
import { changeTexts } from './change-texts.ts';
import { sentSecrets } from './sent-secrets.ts';
import type { Vault } from './vault.ts';

/** Takes the secrets out of a request before it is kept, and puts them back. */
export interface RequestVault {
  readonly hide: (request: PageRequest) => PageRequest;
  readonly show: (request: PageRequest) => PageRequest;
}

/** A vault for every text in a request. It learns from the names under which a request sends its secrets. */
export function requestVault(vault: Vault): RequestVault {
  return {
    hide(request) {
      vault.learn(sentSecrets(request));
      return changeRequest(request, vault.hide);
    },
    show: (request) => changeRequest(request, vault.show),
  };
}

function changeRequest(request: PageRequest, change: (text: string) => string): PageRequest {
  const { key, url, method, headers, body, state, child } = request;
  return {
    key: change(key),
    url: change(url),
    ...(method !== undefined && { method }),
    ...(headers !== undefined && {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)])),
    }),
    ...(body !== undefined && { body: change(body) }),
    ...(state !== undefined && { state: changeTexts(state, change) as JsonObject }),
    ...(child !== undefined && { child: { ...child, parent: changeTexts(child.parent, change) as JsonObject } }),
  };
}
