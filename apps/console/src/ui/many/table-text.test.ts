import fc from 'fast-check';
import { csvOf } from '../format.ts';
import { failedRows, MAYBE_DONE, partsOf, tableOf, textOf, TWICE, type TableColumn } from './table-text.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'member', label: { zh: '成员', en: 'Member' }, isRequired: true },
  { name: 'points', label: { zh: '积分', en: 'Points' }, isRequired: true, isAmount: true },
  { name: 'note', label: { zh: '备注', en: 'Note' } },
];
const read = (text: string) =>
  tableOf(text, COLUMNS).rows.map(({ line, cells, problem }) => [line, cells, problem?.en]);

test.each([
  ['commas', 'bob,5,late parcel'],
  ['semicolons', 'bob;5;late parcel'],
  ['tabs', 'bob\t5\tlate parcel'],
  ['a first line that names them, in another order', 'note,Points,MEMBER\nlate parcel,5,bob'],
])('cells are parted by %s', (_by, text) => {
  expect(tableOf(text, COLUMNS).rows.map(({ cells }) => cells)).toEqual([
    { member: 'bob', points: '5', note: 'late parcel' },
  ]);
});

test('a quoted cell holds what it likes, and lines are counted as in the file', () => {
  expect(read('\uFEFFbob,5,"so ""late"",\nindeed"\r\n\r\n  \namy,6\n')).toEqual([
    [1, { member: 'bob', points: '5', note: 'so "late",\nindeed' }, undefined],
    [5, { member: 'amy', points: '6' }, undefined],
  ]);
});

test.each([
  ['bob', 'Points is missing'],
  [',5', 'Member is missing'],
  ['bob,0', 'Points must be a whole number from 1'],
  ['bob,1.5', 'Points must be a whole number from 1'],
  ['bob,many', 'Points must be a whole number from 1'],
  ['bob,5,a,b', 'It has more cells than there are columns'],
])('what is wrong with the row %p stands at it', (text, problem) => {
  expect(read(text).map(([, , said]) => said)).toEqual([problem]);
});

test('the column in which a file says why its rows failed is passed over, and so is the mark of text', () => {
  expect(read("member,points,note,error\nbob,5,'+49 170,no such member")).toEqual([
    [2, { member: 'bob', points: '5', note: '+49 170' }, undefined],
  ]);
});

test('blank cells behind the columns, as spreadsheets save them, are passed over', () => {
  const table = tableOf('member,points,,\nbob,5,,\n,,,\namy,6,,\n', COLUMNS);
  expect([table.problem, table.rows.map(({ problem }) => problem)]).toEqual([
    undefined,
    [undefined, undefined],
  ]);
});

test('an unknown column and an open quote refuse the whole', () => {
  expect(tableOf('member,pionts\nbob,5', COLUMNS).problem?.en).toMatch(/pionts/);
  expect(tableOf('bob,"5', COLUMNS).problem?.en).toBe('A quote is left open');
  expect(tableOf('', COLUMNS)).toEqual({ rows: [] });
});

test('a file is read by its mark, as UTF-8, or as it is told; never as something else', () => {
  const utf8 = new TextEncoder().encode('张三');
  const utf16 = new Uint8Array([0xff, 0xfe, 0x20, 0x5f]);
  const gbk = new Uint8Array([0xd5, 0xc5, 0xc8, 0xfd]);
  expect([textOf(utf8), textOf(utf16), textOf(gbk), textOf(gbk, 'gb18030')]).toEqual([
    '张三',
    '张',
    null,
    '张三',
  ]);
});

test('rounds hold so many rows, the last one what is left', () => {
  expect([partsOf([1, 2, 3], 2), partsOf([], 2)]).toEqual([[[1, 2], [3]], []]);
});

test('a cell that is not written as its column asks is told before anything is sent', () => {
  const written = { as: /^\S+@\S+$/, says: { zh: '不是有效的地址', en: 'is no address' } };
  const columns = [
    { name: 'name', label: { zh: '名', en: 'Name' } },
    { name: 'email', label: { zh: '邮箱', en: 'E-mail' }, written },
  ];
  expect(
    tableOf('name,email\nAnn,ann@example.com\nBob,bob\nCid,', columns).rows.map(({ problem }) => problem?.en),
  ).toEqual([undefined, 'E-mail is no address', undefined]);
});

const again = (rows: Parameters<typeof failedRows>[1], columns = COLUMNS) =>
  tableOf(csvOf(failedRows(columns, rows)), columns).rows;

test('a file of failed rows has each as it was written, and read again untouched nothing in it is done', () => {
  const { rows } = tableOf('bob,5,a,b,,=c\namy,0\n', COLUMNS);
  const saved = rows.map((row) => ({ row, why: row.problem?.en }));
  const read = again(saved);
  expect(read.map(({ cells, surplus, problem }) => [cells, surplus, problem?.en])).toEqual([
    [{ member: 'bob', points: '5', note: 'a' }, ['b', '', '=c'], 'It has more cells than there are columns'],
    [{ member: 'amy', points: '0' }, undefined, 'Points must be a whole number from 1'],
  ]);
  expect(again(read.map((row) => ({ row, why: row.problem?.zh }))).map(({ surplus }) => surplus)).toEqual(
    read.map(({ surplus }) => surplus),
  );
});

test.each([
  ['given twice', TWICE],
  ['possibly done', MAYBE_DONE],
])('a row that was %s stays out until its reason is emptied', (_which, reason) => {
  const row = { line: 2, cells: { member: 'bob', points: '5' } };
  for (const why of [reason.zh, reason.en])
    expect(again([{ row, why }])).toEqual([{ ...row, problem: reason }]);
  for (const why of ['', 'no such member']) expect(again([{ row, why }])).toEqual([row]);
});

test('what a file of failed rows marks as text is read as it was', () => {
  // Cells are read without the blanks around them.
  const signs = [
    "'",
    '=',
    '+',
    '-',
    '@',
    ';',
    '\t',
    '\r',
    '\n',
    '"',
    ',',
    ' ',
    'a',
    '1',
    '＝',
    '−',
    '\u200b',
  ];
  const cell = fc
    .string({ unit: fc.constantFrom(...signs) })
    .map((text) => text.trim())
    .filter(Boolean);
  fc.assert(
    fc.property(cell, cell, cell, (member, note, more) => {
      const columns = COLUMNS.map(({ name, label }) => ({ name, label }));
      const row = { line: 2, cells: { member, points: '5', note }, surplus: [more] };
      expect(again([{ row, why: 'x' }], columns)).toEqual([
        { ...row, problem: expect.objectContaining({ en: expect.stringMatching(/^It has more/) }) },
      ]);
    }),
    { numRuns: 2_000 },
  );
});

test('in a file without reasons a quote before a sign is what somebody wrote', () => {
  expect(read("member,points,note\nbob,5,'+49 170")).toEqual([
    [2, { member: 'bob', points: '5', note: "'+49 170" }, undefined],
  ]);
});
