import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { SluiceError } from '../../errors.ts';
import { addressKind, type AddressKind } from './address-kind.ts';

/** Finds all addresses of a name, as the `lookup` of `node:dns` does. */
export type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Makes the `lookup` of one host's connections, against DNS rebinding: a name may not come to lead inside. The first
 * answer decides. If it holds any public address, only public ones are connected to from then on. If it holds none (a
 * service of the company or of Docker, `localhost`), addresses of its kinds may be used as well, and no others: so an
 * internal name never comes to lead to the metadata service of a cloud. With nothing left, the lookup fails with
 * `address_refused`.
 */
export function guardedLookup(resolve: Resolver = systemLookup): LookupFunction {
  let allowed: ReadonlySet<AddressKind> | undefined;
  return function lookup(hostname, options, callback) {
    // All of them, whatever the socket wants: a good address may stand behind a bad one.
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const found = addresses.map((entry) => ({ ...entry, kind: addressKind(entry.address) }));
      const kinds = new Set(found.map(({ kind }) => kind));
      allowed ??= kinds.has('public') ? new Set(['public']) : kinds.add('public');
      const good: ReadonlySet<AddressKind> = allowed;
      const usable = found.filter(({ kind }) => good.has(kind));
      const [first] = usable;
      if (first === undefined) return callback(refusal(hostname, found), []);
      if (options.all !== true) return callback(null, first.address, first.family);
      return callback(
        null,
        usable.map(({ address, family }) => ({ address, family })),
      );
    });
  };
}

/** For every page: the name may be right again later, but nothing that comes from it meanwhile is to be trusted. */
function refusal(hostname: string, found: readonly { readonly address: string; readonly kind: string }[]): SluiceError {
  const leads = found.map(({ address, kind }) => `${address} (${kind})`).join(', ');
  return new SluiceError(
    'address_refused',
    `${hostname} now leads to ${leads || 'no address'}, which it did not at first: no connection is made`,
  );
}
