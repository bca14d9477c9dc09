import { DuckDBInstance } from '@duckdb/node-api';

const columns = {
  id: 'TEXT',
  source: 'TEXT',
  source_id: 'TEXT',
  title: 'TEXT',
  price: 'DOUBLE',
  currency: 'TEXT',
  category: 'TEXT',
  brand: 'TEXT',
  rating: 'DOUBLE',
  description: 'TEXT',
  image: 'TEXT',
  url: 'TEXT',
  processed_at: 'TIMESTAMPTZ',
};

/** Has DuckDB alone read a file with lines of JSON into a table with a primary key, in one statement. */
export async function readJson(database, records) {
  const instance = await DuckDBInstance.create(database, { memory_limit: '512MB', preserve_insertion_order: 'false' });
  const connection = await instance.connect();
  const list = Object.entries(columns).map(([name, type]) => `${name} ${type}${name === 'id' ? ' PRIMARY KEY' : ''}`);
  const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
  await connection.run(`CREATE TABLE product (${list.join(', ')})`);
  await connection.run(
    `INSERT INTO product FROM read_json('${records}', format = 'newline_delimited', columns = {${types.join(', ')}})`,
  );
  connection.closeSync();
  instance.closeSync();
}
