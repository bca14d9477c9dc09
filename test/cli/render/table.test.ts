import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../cli/render/paint.ts';
import { fittingColumns, renderTable } from '../../../cli/render/table.ts';

const paint = createPaint(false);
const columns = [
  { title: 'name', drop: 0 },
  { title: 'n', align: 'right', drop: 0 },
  { title: 'extra', drop: 2 },
  { title: 'more', drop: 1 },
] as const;
const rows = [
  ['alpha', '1', 'x', 'm'],
  ['b', '1,000', 'y', ''],
];

describe('renderTable', () => {
  it('aligns its columns under their titles', () => {
    expect(renderTable(columns, rows, { width: 80, paint })).toEqual([
      'name       n  extra  more',
      'alpha      1  x      m',
      'b      1,000  y      ',
    ]);
  });

  it('drops columns by their rank until it fits', () => {
    expect(renderTable(columns, rows, { width: 20, paint })[0]).toBe('name       n  more');
    expect(renderTable(columns, rows, { width: 15, paint })[0]).toBe('name       n');
  });

  it('leaves out a column in which nothing stands', () => {
    const empty = rows.map(([name = '', n = '']) => [name, n, '', '']);
    expect(renderTable(columns, empty, { width: 80, paint })[0]).toBe('name       n');
  });

  it('colours a cell without changing the layout', () => {
    const [, line] = renderTable(columns, [[{ text: 'a', style: 'red' }, '1', '', 'm']], {
      width: 80,
      paint: createPaint(true),
    });
    expect(line).toBe('\u001b[31ma   \u001b[39m  1  m');
  });
});

describe('fittingColumns', () => {
  it('keeps what must stay even where it does not fit', () => {
    const wide = [
      { drop: 0, width: 30 },
      { drop: 1, width: 1 },
    ];
    expect(fittingColumns(wide, 10)).toEqual([0]);
  });
});
