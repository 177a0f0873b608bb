import { endpointsIn } from '@membership/contracts/endpoint';
import * as stats from '@membership/contracts/endpoints/stats/index';
import type { TenantScope } from '@membership/platform/scope';
import type { Anchor } from '../hash-chain/anchor.ts';
import type { AuditKey } from '../hash-chain/chain-repository.ts';
import { exportAnchors } from './anchors.views.ts';
import { boardCursor, boardCursorFrom, trailCursor, trailCursorFrom } from './cursors.ts';
import { linesOf, type ExportRow } from './lines.ts';
import { compared } from './tables.ts';

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
  const at = { generation: 3, moment: '1764423456-12', behind: 5_000 };
  for (const board of [
    { metric: 'earned', window: 'week', period: '2026-W53' },
    { metric: 'balance', window: 'all', period: 'all' },
  ] as const)
    expect(boardCursorFrom(boardCursor({ ...at, board }))).toEqual({ ...at, board });
  for (const text of ['', '1', '1.2', '2.', '-1.0', '9.9.9', '1e3.1', '99999999999999999.1'])
    expect(() => trailCursorFrom(text)).toThrow();
  const name = 'earned:all:all';
  for (const text of ['', '3.1-2', '3.1.2', '3.99999999999-1.2', '3.5000000000-1.2', '3.1-2.-1', '3.1-2. 1'])
    expect(() => boardCursorFrom(`${text}.${name}`)).toThrow();
  for (const other of ['', ` ${name}`, `${name}:`, 'earned:all', 'balance:day:2026-11-28', 'won:all:all'])
    expect(() => boardCursorFrom(`3.1-2.1.${other}`)).toThrow();
  for (const other of [
    'earned:week:2026-W54',
    'earned:day:2026-02-30',
    'earned:all:2026',
    'earned:__proto__:x',
  ])
    expect(() => boardCursorFrom(`3.1-2.1.${other}`)).toThrow();
});

test('every statistic has a file, or says here why it has none', () => {
  const without: Readonly<Record<string, string>> = {
    exportStatistics: 'it is the files',
    streamFigures: 'the overview, as it changes',
    getEventChain: 'entries of the audit trail, one from the other',
    getOwnRank: 'some places of a leaderboard',
  };
  const exported = new Set<string>(Object.values(stats.reportEndpoints).map(({ name }) => name));
  const missing = endpointsIn(stats)
    .map(({ name }) => name)
    .filter((name) => !exported.has(name));
  expect(missing.sort()).toEqual(Object.keys(without).sort());
});

test('a report takes what its endpoint takes, but pages', () => {
  const { points_trends, points_liability, vip_summary, vip_churn, leaderboards, audit_anchors } =
    stats.reportFields;
  expect(points_trends).toEqual(['date_from', 'date_to', 'tz', 'interval', 'compare']);
  expect(points_liability).toEqual(['tz', 'interval', 'periods']);
  expect(vip_summary).toEqual(['date_from', 'date_to', 'tz', 'compare']);
  expect(vip_churn).toEqual([...vip_summary, 'months']);
  expect(leaderboards).toEqual(['metric', 'window', 'period', 'cursor']);
  expect(audit_anchors).toEqual([]);
  const taken = Object.keys(stats.exportStatistics.query?.shape ?? {});
  expect(taken).toEqual(expect.arrayContaining(Object.values(stats.reportFields).flat()));
});

test('rows of the period before stand beside those of the same key, or of the same place', () => {
  const columns = ['name', 'count'];
  const rows = [
    { name: 'a', count: 1 },
    { name: 'b', count: 2 },
  ];
  const before = [
    { name: 'b', count: 3 },
    { name: 'c', count: 4 },
    { name: 'd', count: 5 },
  ];
  expect(compared({ columns, rows })).toEqual({ columns, rows });
  expect(compared({ columns, rows, before, keys: ['name'] })).toEqual({
    columns: ['name', 'count', 'previous.count'],
    rows: [
      { name: 'a', count: 1, 'previous.count': undefined },
      { name: 'b', count: 2, 'previous.count': 3 },
      { name: 'c', 'previous.count': 4 },
      { name: 'd', 'previous.count': 5 },
    ],
  });
  expect(compared({ columns, rows, before })).toEqual({
    columns: ['name', 'count', 'previous.name', 'previous.count'],
    rows: [
      { name: 'a', count: 1, 'previous.name': 'b', 'previous.count': 3 },
      { name: 'b', count: 2, 'previous.name': 'c', 'previous.count': 4 },
      { 'previous.name': 'd', 'previous.count': 5 },
    ],
  });
});

test('an anchor that is signed with a new key while they are read has its public key with it', async () => {
  const keys: AuditKey[] = [];
  const anchor: Anchor = {
    ...{ tenantId: 3, day: '2026-11-30', number: 7, hash: 'h', previous: null, kid: 'new', signature: 's' },
    signedAt: new Date(0),
  };
  const chains = {
    listKeys: async () => [...keys],
    async listAnchorsAfter() {
      keys.push({ _id: 'new', x: 'public', sealed: '', createdAt: new Date(0) });
      return [anchor];
    },
  };
  const rows: unknown[] = [];
  for await (const page of exportAnchors(chains, { tenantId: 3 } as TenantScope)) rows.push(...page);
  expect(rows).toMatchObject([{ number: 7, kid: 'new', public_key: 'public' }]);
});
