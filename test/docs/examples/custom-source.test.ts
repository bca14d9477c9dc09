import { describe, expect, it } from 'vitest';
import type { Normalizer } from '../../../core/contracts/normalizer.ts';
import type { SourcePlugin } from '../../../core/contracts/source.ts';
import { importDefault } from '../../../core/registry/import-module.ts';
import { pluginProblems } from '../../../core/registry/validate-plugin.ts';

describe('docs/examples/custom-source.ts', () => {
  it('is loaded from its file, and asks for the first page', async () => {
    const plugin = await importDefault(new URL('../../../docs/examples/custom-source.ts', import.meta.url).href);
    expect(pluginProblems('source', plugin)).toEqual([]);
    const source = plugin as SourcePlugin;
    expect(source.pagination.first().map(({ url }) => url)).toEqual(['/books?limit=20&offset=0']);
    const normalizer = source.normalizer as Normalizer;
    const context = { source: 'books', processedAt: '' };
    expect(normalizer.normalize({ isbn: '978', name: 'Momo', cost: 9.5 }, context)).toEqual({
      id: '978',
      title: 'Momo',
      price: 9.5,
      currency: 'EUR',
    });
  });
});
