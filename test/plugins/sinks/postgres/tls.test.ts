import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SinkPlugin } from '../../../../core/contracts/sink.ts';
import postgres from '../../../../plugins/sinks/postgres/index.ts';
import { makeCertificate, postgresPrograms, startPostgres, type TestServer } from '../../../support/postgres.ts';
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
    afterEach(() => void vi.restoreAllMocks());

    /** Opens the sink by a URL with these parameters; returns whether the server sees its connection as encrypted. */
    async function encrypted(parameters: string, at?: string, env: Record<string, string> = {}): Promise<unknown> {
      const url = `${at ?? (await server.url('shop'))}?${parameters}`;
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      // Not for the client that asks the server what it sees.
      const writer = await plugin.open(context, { url, schema: 'public' }).finally(() => vi.unstubAllEnvs());
      const [row] = await server.ask(
        'shop',
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'sluice'",
      );
      await writer.abort();
      return row?.['ssl'];
    }

    /** By the name that its certificate is for, and not by its address. */
    const byName = async (): Promise<string> => (await server.url('shop')).replace('127.0.0.1', 'localhost');

    it('checks the certificate and the name of the server against the one that is given', async () => {
      const parameters = `sslmode=verify-full&sslrootcert=${encodeURIComponent(join(server.folder, 'server.crt'))}`;
      expect(await encrypted(parameters, await byName())).toBe(true);
      await expect(encrypted(parameters)).rejects.toThrow(/does not match certificate/);
    });

    it('refuses a certificate that nobody vouches for', async () => {
      await expect(encrypted('sslmode=verify-full')).rejects.toThrow(/self-signed certificate/);
    });

    it('encrypts without a check, or not at all, where it is told to', async () => {
      for (const mode of ['require', 'prefer', 'allow', 'no-verify'])
        expect(await encrypted(`sslmode=${mode}`)).toBe(true);
      expect(await encrypted('sslmode=disable')).toBe(false);
    });

    it('checks the authority alone under verify-ca, and under require where one is given', async () => {
      const certificate = encodeURIComponent(join(server.folder, 'server.crt'));
      for (const mode of ['verify-ca', 'require']) {
        expect(await encrypted(`sslmode=${mode}&sslrootcert=${certificate}`)).toBe(true);
      }
      await expect(encrypted('sslmode=verify-ca')).rejects.toThrow('needs the certificate of the authority');
      const other = encodeURIComponent(join(server.folder, 'other.crt'));
      await makeCertificate({ cert: join(server.folder, 'other.crt'), key: join(server.folder, 'other.key') });
      await expect(encrypted(`sslmode=require&sslrootcert=${other}`)).rejects.toThrow(/self-signed certificate/);
    });

    it('takes what the URL leaves out from the variables of every client', async () => {
      const variables = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: join(server.folder, 'server.crt') };
      await expect(encrypted('', undefined, { PGSSLMODE: 'verify-full' })).rejects.toThrow(/self-signed certificate/);
      expect(await encrypted('', await byName(), variables)).toBe(true);
      expect(await encrypted('sslmode=disable', undefined, variables)).toBe(false);
    });

    it('warns of nothing', async () => {
      const warned = vi.spyOn(process, 'emitWarning');
      await encrypted('sslmode=require');
      expect(warned).not.toHaveBeenCalled();
    });

    it('refuses a mode that is none, and a file that is not there, by name', async () => {
      await expect(encrypted('sslmode=required')).rejects.toThrow('there is no sslmode "required": it is disable,');
      await expect(encrypted('sslmode=verify-full&sslrootcert=/no/ca.pem')).rejects.toThrow(
        'no such file or directory while reading the file that sslrootcert names, /no/ca.pem',
      );
    });
  },
);

describe.skipIf(postgresPrograms === undefined)(
  'the postgres sink and a server without TLS (skipped: PostgreSQL is not installed)',
  () => {
    let server: TestServer;
    beforeAll(async () => void (server = await startPostgres()), 60_000);
    afterAll(() => server.stop());

    it('goes on in clear where encryption is only preferred', async () => {
      const writer = await plugin.open(context, {
        url: `${await server.url('shop')}?sslmode=prefer`,
        schema: 'public',
      });
      await writer.commit();
      await writer.abort();
      const required = plugin.open(context, { url: `${await server.url('shop')}?sslmode=require`, schema: 'public' });
      await expect(required).rejects.toThrow('does not support SSL');
    });
  },
);
