import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from, to } from 'pg-copy-streams';

async function withClient(url, work) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Keeps the rows of the table in a file, in the form that COPY takes. */
export const keepRows = (url, file) =>
  withClient(url, (client) => pipeline(client.query(to('COPY product TO STDOUT')), createWriteStream(file)));

/** Empties the table, as if it had just been made. */
export const emptyTable = (url) =>
  withClient(url, async (client) => {
    await client.query('TRUNCATE product');
    await client.query('CHECKPOINT');
  });

/** Copies the rows of the file into the same table, which has its primary key, in one statement. */
export const copyRows = (url, file) =>
  withClient(url, (client) =>
    pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), client.query(from('COPY product FROM STDIN'))),
  );
