import { boardCursor, boardCursorFrom, trailCursor, trailCursorFrom } from './cursors.ts';
import { linesOf, type ExportRow } from './lines.ts';

async function textFrom(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}
const textOf = async (rows: readonly ExportRow[], format: 'csv' | 'ndjson') =>
  textFrom(linesOf({ columns: ['name', 'more', 'count'], pages: [rows] }, format));

test('no cell of a spreadsheet is run, and what is no word is JSON', async () => {
  const rows = [
    { name: '=1+1', more: { a: 1 }, count: -5 },
    { name: '＝HYPERLINK("x")', more: ['=2', 'a;=2'], count: 0 },
    { name: 'a,"b"\n', more: null },
  ];
  expect(await textOf(rows, 'csv')).toBe(
    '\uFEFFname,more,count\r\n' +
      `'=1+1,"{""a"":1}",-5\r\n` +
      `"'＝HYPERLINK(""x"")","[""=2"",""a\\u003b=2""]",0\r\n` +
      `"a,""b""\n",,\r\n`,
  );
  expect(await textOf([{ name: '=1+1', more: { a: 1 }, other: 1 }], 'ndjson')).toBe(
    '{"name":"=1+1","more":{"a":1},"count":null}\n',
  );
  expect(await textOf([], 'csv')).toBe('\uFEFFname,more,count\r\n');
  expect(await textOf([], 'ndjson')).toBe('');
});

test('a cursor is read as it was given, and nothing else is one', () => {
  const trail = { until: 1_099_511_627_980, after: 1_099_511_627_776 };
  expect(trailCursorFrom(trailCursor(trail))).toEqual(trail);
  const board = { generation: 3, moment: '1764423456-12', behind: 5_000 };
  expect(boardCursorFrom(boardCursor(board))).toEqual(board);
  for (const text of ['', '1', '1.2', '2.', '-1.0', '9.9.9', '1e3.1', '99999999999999999.1'])
    expect(() => trailCursorFrom(text)).toThrow();
  for (const text of ['', '3.1-2', '3.1.2', '3.99999999999-1.2', '3.5000000000-1.2', '3.1-2.-1', '3.1-2.1 '])
    expect(() => boardCursorFrom(text)).toThrow();
});
