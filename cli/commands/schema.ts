import { editorSchema } from '../../core/index.ts';

/** Prints the JSON Schema of the config on stdout. */
export async function schemaCommand(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await editorSchema(), undefined, 2)}\n`);
}
