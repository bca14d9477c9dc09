import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNormalizer } from '../../../core/plugin.ts';
import { testNormalizer } from '../../../core/testing.ts';
import { hostileItems } from '../../../core/testing/hostile-json.ts';
import { createDice } from '../../../core/dice.ts';

interface Book {
  readonly isbn: string;
  readonly name: string;
  readonly authors: readonly { readonly name: string }[];
}

const items: readonly Book[] = [
  { isbn: 'a', name: 'One', authors: [{ name: 'Ann' }] },
  { isbn: 'b', name: 'Two', authors: [] },
];

describe('testNormalizer', () => {
  it('takes one that is pure and reads with care', async () => {
    const normalizer = defineNormalizer({ normalize: ({ isbn, name }: Book) => ({ id: isbn, title: name }) });
    await expect(testNormalizer(normalizer, { items })).resolves.toBeUndefined();
  });

  it('lets one refuse an item on purpose', async () => {
    const normalizer = defineNormalizer({
      normalize({ isbn, name }: Book) {
        if (typeof name !== 'string') throw new Error('a book has a name');
        return { id: isbn, title: name };
      },
    });
    await expect(testNormalizer(normalizer, { items })).resolves.toBeUndefined();
  });

  it('says what one trips over, with all that it trips over', async () => {
    const normalizer = defineNormalizer({
      normalize: ({ isbn, authors }: Book) => ({ id: isbn, title: authors.map(({ name }) => name).join() }),
    });
    const error: unknown = await testNormalizer(normalizer, { items }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'conformance_failed' });
    const lines = (error as Error).message.split('\n');
    expect(lines[0]).toBe('the normalizer does not keep the contract of its kind:');
    expect(lines).toContain(
      "  - normalize() trips over an item in which authors is null: TypeError: Cannot read properties of null (reading 'map')",
    );
    expect(lines).toContain(
      "  - normalize() trips over an item in which authors.0 is null: TypeError: Cannot destructure property 'name' of 'object null' as it is null.",
    );
  });

  it('asks of one behind a raw schema only what that lets through', async () => {
    const raw = z.object({ isbn: z.string(), authors: z.array(z.object({ name: z.string() })) });
    const normalizer = defineNormalizer({
      normalize: ({ isbn, authors }: Book) => ({ id: isbn, title: authors.map(({ name }) => name).join() }),
    });
    await expect(testNormalizer(normalizer, { items, raw })).resolves.toBeUndefined();
  });

  it('wants items, and a normalizer', async () => {
    const normalizer = defineNormalizer({ normalize: ({ isbn }: Book) => ({ id: isbn }) });
    await expect(testNormalizer(normalizer, { items: [] })).rejects.toThrow('there are no items to test it on');
    await expect(testNormalizer({} as never, { items })).rejects.toThrow(
      'normalizer must be a function, made by defineNormalizer',
    );
  });
});

describe('hostile items', () => {
  it('are the same for the same seed, lack or nullify each field, and leave the item alone', () => {
    const item = { id: 1, group: { name: 'x' }, tags: ['a'] };
    const made = hostileItems(item, 50, createDice('1'));
    expect(made).toEqual(hostileItems(item, 50, createDice('1')));
    expect(item).toEqual({ id: 1, group: { name: 'x' }, tags: ['a'] });
    const changes = made.map(({ change }) => change);
    for (const path of ['id', 'group', 'group.name', 'tags', 'tags.0']) {
      expect(changes).toEqual(expect.arrayContaining([`${path} is missing`, `${path} is null`]));
    }
    expect(made.find(({ change }) => change === 'group.name is missing')?.item).toEqual({ ...item, group: {} });
    expect(new Set(changes).size).toBeGreaterThan(40);
  });
});
