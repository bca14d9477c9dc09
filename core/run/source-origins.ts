import type { ResolvedSource } from '../config/resolved.ts';
import type { SourceOrigin } from '../contracts/sink.ts';
import type { Cursors } from '../incremental/cursor-files.ts';
import { createSecretMask } from '../redact.ts';

/** What each source asks in this run, for sinks that compare it with others. `since`: what is asked since, by source. */
export function sourceOrigins(
  sources: readonly Pick<ResolvedSource, 'name' | 'baseUrl' | 'identity' | 'plugin'>[],
  { since, secrets }: { readonly since: Cursors; readonly secrets: readonly string[] },
): Readonly<Record<string, SourceOrigin>> {
  const mask = createSecretMask(secrets);
  return Object.fromEntries(
    sources.map(({ name, baseUrl, identity, plugin: { incremental } }) => {
      const changesOnly = incremental !== undefined && (since[name] ?? incremental.start) !== undefined;
      return [name, { upstream: mask(identity ?? withoutUser(baseUrl)), changesOnly }];
    }),
  );
}

/** A user and password may stand in a URL. */
function withoutUser(baseUrl: string): string {
  const url = new URL(baseUrl);
  url.username = '';
  url.password = '';
  return url.href;
}
