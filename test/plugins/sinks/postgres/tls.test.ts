import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SinkPlugin } from '../../../../core/contracts/sink.ts';
import postgres from '../../../../plugins/sinks/postgres/index.ts';
import { postgresPrograms, startPostgres, type TestServer } from '../../../support/postgres.ts';
import { sinkContext } from '../../../support/sinks.ts';
import { modelOf } from '../table-sinks.ts';

const plugin = postgres as SinkPlugin;
const context = sinkContext('/nowhere', { model: modelOf('product', { title: 'string' }) });

describe.skipIf(postgresPrograms === undefined)(
  'the postgres sink over TLS (skipped: PostgreSQL is not installed)',
  () => {
    let server: TestServer;
    beforeAll(async () => void (server = await startPostgres({ tls: true })), 60_000);
    afterAll(() => server.stop());

    /** Opens the sink by a URL with these parameters; returns whether the server sees its connection as encrypted. */
    async function encrypted(parameters: string): Promise<unknown> {
      const url = `${await server.url('shop')}?${parameters}`;
      const writer = await plugin.open(context, { url, schema: 'public' });
      const [row] = await server.ask(
        'shop',
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'sluice'",
      );
      await writer.abort();
      return row?.['ssl'];
    }

    it('checks the certificate against the one that is given', async () => {
      const certificate = encodeURIComponent(join(server.folder, 'server.crt'));
      expect(await encrypted(`sslmode=verify-full&sslrootcert=${certificate}`)).toBe(true);
    });

    it('refuses a certificate that nobody vouches for', async () => {
      await expect(encrypted('sslmode=verify-full')).rejects.toThrow(/self-signed certificate/);
    });

    it('encrypts without a check, or not at all, where it is told to', async () => {
      expect(await encrypted('sslmode=no-verify')).toBe(true);
      expect(await encrypted('sslmode=disable')).toBe(false);
    });
  },
);
