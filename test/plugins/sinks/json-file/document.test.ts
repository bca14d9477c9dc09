import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayElements, documentHead, documentTail } from '../../../../plugins/sinks/json-file/document.ts';
import { batchOf, reportOf } from '../../../support/sinks.ts';

describe('arrayElements', () => {
  it('makes one array of any records, however they are split into batches', () => {
    const anyRecord = fc.dictionary(fc.string(), fc.jsonValue());
    const anyBatch = fc.array(anyRecord, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 5 }), (batches) => {
        const parts = batches.map((batch, index) => arrayElements(batchOf(...batch), index === 0));
        const text = Buffer.concat(parts).toString('utf8');
        const expected = batches.flat().map((record) => JSON.parse(JSON.stringify(record)) as unknown);
        expect(JSON.parse(`[${text}\n]`)).toEqual(expected);
      }),
    );
  });

  it('reads the right part of a buffer that holds more', () => {
    const batch = batchOf({ id: 1 }, { id: 2 });
    const wider = new Uint8Array(batch.ndjson.length + 20).fill(10);
    wider.set(batch.ndjson, 8);
    const part = { count: 2, ndjson: wider.subarray(8, 8 + batch.ndjson.length) };
    expect(Buffer.from(arrayElements(part, true)).toString()).toBe('\n{"id":1},\n{"id":2}');
  });
});

describe('documentTail', () => {
  it('completes the head to a document once the blanks are filled', () => {
    const head = Buffer.from(documentHead({ runId: 'r', sources: [] })).toString();
    const text = head.replace(/"summary": {2}/, '"summary": 1') + Buffer.from(documentTail(reportOf())).toString();
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['summary', 'products', 'errors', 'metrics', 'monitoring']);
  });
});
