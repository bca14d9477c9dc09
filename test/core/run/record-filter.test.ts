import { describe, expect, it } from 'vitest';
import { createRecordFilter } from '../../../core/run/record-filter.ts';
import { batchOf } from '../../support/sinks.ts';

const text = ({ ndjson }: { readonly ndjson: Uint8Array }): string => new TextDecoder().decode(ndjson);
const phone = { id: 'a:1', category: 'phones', price: 10, brand: null };
const laptop = { id: 'a:2', category: 'laptops', price: 20 };
const fruit = { id: 'a:3', category: 'fruit \u{1f34e}\n', price: 1, brand: 'Orchard' };
const batch = batchOf(phone, laptop, fruit);

describe('a filter of records', () => {
  it.each([
    ['a value', { category: 'phones' }, [phone]],
    ['one of several', { category: ['phones', 'laptops'] }, [phone, laptop]],
    ['a number', { price: 20 }, [laptop]],
    ['null, for what is not there too', { brand: null }, [phone, laptop]],
    ['all of several fields', { brand: null, price: [10, 1] }, [phone]],
    ['nothing that there is', { category: 'cars' }, []],
  ])('matches fields by %s', (_how, filter, left) => {
    const filtered = createRecordFilter(filter)(batch);
    expect(filtered.count).toBe(left.length);
    expect(filtered.records()).toEqual(left);
    expect(text(filtered)).toBe(text(batchOf(...left)));
  });

  it('takes what a function returns true for, and keeps the bytes of those lines', () => {
    const filtered = createRecordFilter(({ price }) => Number(price) < 15)(batch);
    expect(text(filtered)).toBe(text(batchOf(phone, fruit)));
    expect(text(batch)).toBe(text(batchOf(phone, laptop, fruit)));
  });

  it('hands on a batch as it is where everything is taken', () => {
    expect(createRecordFilter(() => true)(batch)).toBe(batch);
  });

  it.each([
    [async () => true, 'must return true or false, and returned a promise for the record a:1'],
    [() => undefined, 'must return true or false, and returned undefined for the record a:1'],
    [() => fail(), 'the filter of the sink threw for the record a:1'],
  ])('is refused where it is wrong: %s', (filter, message) => {
    // What a config in JavaScript may hold.
    const wrong = filter as unknown as () => boolean;
    expect(() => createRecordFilter(wrong)(batch)).toThrow(expect.objectContaining({ code: 'sink_failed' }));
    expect(() => createRecordFilter(wrong)(batch)).toThrow(message);
  });
});

function fail(): never {
  throw new TypeError('no such field');
}
