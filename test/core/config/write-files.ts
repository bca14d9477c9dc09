import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Writes files into a new folder outside of the repository, gone after the test; returns the folder. */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A source as JavaScript text, without imports. */
export function sourceText(name: string, extra = ''): string {
  return `({
    name: '${name}',
    baseUrl: 'https://${name}.example',
    rateLimit: { requests: 5, perMs: 1000 },
    pagination: { style: 'custom', needs: 'items', first: () => [], next: () => [] },
    normalizer: { normalize: (item) => ({ id: item.id }) },
    ${extra}
  })`;
}

/** A model as JavaScript text, without imports. */
export const modelText = `({
  name: 'thing',
  schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
})`;

/** Built-ins of a registry for tests: sources alpha and beta, sinks file and log, the model product. */
export const builtinFiles: Readonly<Record<string, string>> = {
  'plugins/package.json': '{ "type": "module" }',
  'plugins/sources/alpha/index.js': `export default ${sourceText('alpha', "headers: { 'X-Api-Key': 'of-the-plugin', Accept: 'a' },")};`,
  'plugins/sources/beta/index.js': `export default ${sourceText('beta')};`,
  'plugins/sources/shared/helper.js': 'export {};',
  'plugins/sinks/file/index.js': `export default {
    name: 'file',
    options: { '~standard': { version: 1, vendor: 'test', async validate({ path = 'out.txt', ...rest }) {
      const issues = Object.keys(rest).map((key) => ({ message: 'no such option', path: [key] }));
      if (typeof path !== 'string') issues.push({ message: 'must be text', path: [{ key: 'path' }] });
      return issues.length > 0 ? { issues } : { value: { path } };
    } } },
    open() {},
  };`,
  'plugins/sinks/log/index.js': `export default { name: 'log', open() {} };`,
  'plugins/models/product/index.js': `export default ${modelText.replace('thing', 'product')};`,
};
