import { csvOf } from './csv.ts';

const line = (...cells: (string | number | null)[]) => csvOf([], [cells]).split('\r\n')[1];

test('a table has a line of names and ends each line with CRLF', () =>
  expect(csvOf(['id', 'name'], [[1, '张三']])).toBe('\uFEFFid,name\r\n1,张三\r\n'));
test('commas, quotes, line ends and outer blanks are quoted', () =>
  expect(line('a,b', 'say "hi"', 'two\nlines', ' x', 'plain')).toBe(
    '"a,b","say ""hi""","two\nlines"," x",plain',
  ));
test('absent values are empty; numbers stay numbers, negative ones too', () =>
  expect(line(null, -5, 2.5)).toBe(',-5,2.5'));
test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '  =cmd|x',
  '\r=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '\u3000＝1',
  '\u200b=1',
  '﹦1',
  '−1',
  '-1;=2',
])('%j is text, not a formula', (text) => {
  const cell = line(text) ?? '';
  expect(cell.replaceAll('"', '').startsWith("'")).toBe(true);
});
test.each([
  ["a;=cmd|' /C calc'!A0;b", "a;'=cmd|' /C calc'!A0;b"],
  ['a; \u200b＝1', "a; \u200b'＝1"],
  ['a;"=1;', `"a;""'=1;"`],
  ['a\n=1', `"a\n'=1"`],
  ['a\t@x', "a\t'@x"],
  ['a;b-c=d', 'a;b-c=d'],
])('%j begins no formula where semicolons or tabs part cells', (text, cell) => expect(line(text)).toBe(cell));
