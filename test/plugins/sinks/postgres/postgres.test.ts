import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SinkPlugin } from '../../../../core/contracts/sink.ts';
import postgres from '../../../../plugins/sinks/postgres/index.ts';
import { postgresPrograms, startPostgres, type TestServer } from '../../../support/postgres.ts';
import { silentLogger } from '../../../support/silent-logger.ts';
import { batchOf, records, reportOf, sinkContext } from '../../../support/sinks.ts';
import { modelOf, type Place, testTables, writeOnce } from '../table-sinks.ts';

const plugin = postgres as SinkPlugin;
const model = modelOf('product', { title: 'string' });

describe.skipIf(postgresPrograms === undefined)('the postgres sink (skipped: PostgreSQL is not installed)', () => {
  let server: TestServer;
  let databases = 0;
  beforeAll(async () => void (server = await startPostgres()), 60_000);
  afterAll(() => server.stop());

  async function place(): Promise<Place> {
    const database = `test${(databases += 1)}`;
    const options = { url: await server.url(database), schema: 'public' };
    return { plugin, options, folder: '/nowhere', ask: (sql) => server.ask(database, sql) };
  }

  testTables(place);

  it('tells of NUL characters, and replaces them, in nested values too', async () => {
    const there = await place();
    const warn = vi.fn<(message: string) => void>();
    const nested = modelOf('product', { title: 'string', more: 'object' });
    const logger = { ...silentLogger, warn };
    await writeOnce(there, nested, [{ title: 'a\0b', more: { 'k\0': ['\0'] } }], { logger });
    expect(await there.ask('SELECT title, more FROM product')).toEqual([
      { title: 'a\ufffdb', more: { 'k\ufffd': ['\ufffd'] } },
    ]);
    expect(warn).toHaveBeenCalledWith(
      "PostgreSQL can't hold NUL or half characters: each becomes U+FFFD, first in the record alpha:1",
    );
  });

  it('connects again where its connection is cut between commits', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext('/nowhere', { model }), there.options);
    await writer.write(batchOf(...records(0, 5)));
    await writer.commit();
    await there.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = current_database()",
    );
    await writer.write(batchOf(...records(5, 10)));
    expect(await writer.commit()).toEqual({ commits: 2 });
    await writer.close(reportOf());
    expect(await there.ask('SELECT count(*)::INT AS n FROM product')).toEqual([{ n: 10 }]);
  });

  it('does a commit again whose connection is cut in its middle', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext('/nowhere', { model }), there.options);
    // Whoever writes the first record loses the connection, once.
    await there.ask(`CREATE SEQUENCE tries;
      CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('tries') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
      CREATE TRIGGER cut BEFORE INSERT ON product FOR EACH STATEMENT EXECUTE FUNCTION cut()`);
    await writer.write(batchOf(...records(0, 5)));
    expect(await writer.commit()).toEqual({ commits: 1 });
    await writer.close(reportOf());
    expect(
      await there.ask('SELECT count(*)::INT AS n, (SELECT last_value::INT FROM tries) AS tries FROM product'),
    ).toEqual([{ n: 5, tries: 2 }]);
  });

  it('names the table and the server where a commit fails', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext('/nowhere', { model }), there.options);
    await there.ask('ALTER TABLE product ADD CONSTRAINT none CHECK (false)');
    await writer.write(batchOf(...records(0, 5)));
    await expect(writer.commit()).rejects.toMatchObject({
      code: 'sink_failed',
      message: expect.stringMatching(
        new RegExp(`^committing to the table "product" at 127.0.0.1:${server.port} failed: .*"none"`),
      ),
    });
    await writer.abort();
  });

  it('outlives a crash of the server', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext('/nowhere', { model }), there.options);
    await writer.write(batchOf(...records(0, 5)));
    await writer.commit();
    const back = server.restart();
    await writer.write(batchOf(...records(5, 10)));
    await writer.commit();
    await back;
    await writer.close(reportOf());
    expect(await there.ask('SELECT count(*)::INT AS n FROM product')).toEqual([{ n: 10 }]);
  });

  it('gives up at once while a statement hangs', async () => {
    const there = await place();
    const writer = await plugin.open(sinkContext('/nowhere', { model }), there.options);
    await there.ask(`CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
      CREATE TRIGGER hang BEFORE INSERT ON product FOR EACH STATEMENT EXECUTE FUNCTION hang()`);
    await writer.write(batchOf(...records(0, 5)));
    const commit = writer.commit().catch(String);
    await vi.waitFor(async () => {
      const hanging = await there.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
      expect(hanging).toHaveLength(1);
    });
    await writer.abort();
    expect(await commit).toMatch(/Connection terminated|ECONNRESET/);
  });

  it('finds the server by the variables that every client knows', async () => {
    await server.url('by_variables');
    const names = { PGHOST: '127.0.0.1', PGPORT: String(server.port), PGUSER: 'sluice', PGDATABASE: 'by_variables' };
    for (const [name, value] of Object.entries({ ...names, PGPASSWORD: server.password })) vi.stubEnv(name, value);
    const there = { plugin, options: { schema: 'public' }, folder: '/nowhere', ask: () => Promise.resolve([]) };
    await writeOnce(there, model, [{ title: 'a' }]);
    vi.unstubAllEnvs();
    expect(await server.ask('by_variables', 'SELECT title FROM product')).toEqual([{ title: 'a' }]);
  });

  it('says at once that a variable is no port', async () => {
    vi.stubEnv('PGPORT', 'http');
    const failed = plugin.open(sinkContext('/nowhere', { model }), { schema: 'public' });
    await expect(failed).rejects.toThrow('the variable PGPORT is no port: "http"');
    vi.unstubAllEnvs();
  });

  it('keeps to a schema, and says when it is not there', async () => {
    const there = await place();
    const own = { ...there, options: { ...(there.options as object), schema: 'sho"p', table: 'things' } };
    await expect(writeOnce(own, model, [])).rejects.toThrow(/schema "sho"p" does not exist/);
    await there.ask('CREATE SCHEMA "sho""p"');
    await writeOnce(own, model, [{ title: 'a' }]);
    expect(await there.ask('SELECT title FROM "sho""p".things')).toEqual([{ title: 'a' }]);
  });

  it('says in a word why it can not connect, without the password', async () => {
    const url = `postgres://sluice:wrong-secret@127.0.0.1:${server.port}/postgres`;
    const failed = plugin.open(sinkContext('/nowhere', { model }), { url, schema: 'public' });
    await expect(failed).rejects.toThrow(/password authentication failed for user "sluice"/);
    await expect(failed).rejects.toThrow(`"product" at 127.0.0.1:${server.port} failed`);
    await expect(failed).rejects.not.toThrow(/wrong-secret/);
  });

  it.each(['http://host/db', 'host=localhost', ''])('refuses what is no URL of a server: %j', async (url) => {
    const checked = await postgres.options?.['~standard'].validate({ url });
    expect(JSON.stringify(checked?.issues)).toContain('${DATABASE_URL}');
  });
});
