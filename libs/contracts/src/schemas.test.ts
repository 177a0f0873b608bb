import type { z } from 'zod';
import { orderId } from './endpoints/points/member-points.ts';
import { updateProfile } from './endpoints/points/profiles.ts';
import { createRule } from './endpoints/points/rules.ts';
import { decimal, httpUrl, instantInput, money, ordering } from './schemas.ts';

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
const said = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues[0]?.message.split('\u0001')[1];

describe('money', () => {
  test.each([0, 0.07, 33.33, 0.1, 0.3, 1.005e3, 999_999_999.99, 1e9])(
    '%d has at most two decimals',
    (value) => expect(accepts(money, value)).toBe(true),
  );
  test.each([
    0.1 + 0.2,
    0.005,
    1.234,
    1e9 + 0.01,
    -0.01,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    '1.00',
    true,
    null,
    [1],
  ])('%p has more, or is none', (value) => expect(accepts(money, value)).toBe(false));
  test('other decimals are counted likewise', () => {
    const rate = decimal(4, { min: 0.01, max: 1 });
    expect([0.0175, 0.9].every((value) => accepts(rate, value))).toBe(true);
    expect([0.00999, 0.12345, 1.0001].some((value) => accepts(rate, value))).toBe(false);
  });
});

describe('an order’s id', () => {
  test.each([
    ['#1001', '#1001'],
    ['Shop/0001', 'Shop/0001'],
    ['订单1', '订单1'],
    [' A 1 ', 'A 1'],
    [450_789_469, '450789469'],
    [0, '0'],
    ['Cafe\u0301', 'Café'],
    ['x'.repeat(128), 'x'.repeat(128)],
  ])('%j is known as %j', (given, known) => expect(orderId.parse(given)).toBe(known));
  test.each(['', '  ', 'x'.repeat(129), 'a\nb', 'a\u0000', '\ud800', 1.5, -1, 2 ** 53, true, null, ['A']])(
    '%j is none',
    (given) => expect(accepts(orderId, given)).toBe(false),
  );
});

test.each([
  [1.2, 1.2],
  ['1.20', 1.2],
  ['100', 100],
])('a multiplier of %j is %d', (given, multiplier) =>
  expect((updateProfile.body as z.ZodType).parse({ points_multiplier: given })).toEqual({
    points_multiplier: multiplier,
  }),
);
test.each([true, false, null, [5], {}, '0x10', '1e1', ' 1', '', '1.234', 1.234, 0, '0', 100.01, 'NaN'])(
  'a multiplier of %j is none',
  (given) => expect(accepts(updateProfile.body as z.ZodType, { points_multiplier: given })).toBe(false),
);

describe('a condition', () => {
  const takes = (operator: string, value: unknown) =>
    accepts(createRule.body as z.ZodType, {
      ...{ name: 'x', event_type: 'MEMBER_LOGIN', points: 1, category: 'login' },
      conditions: [{ field: 'rating', operator, value }],
    });
  test.each([
    ['eq', 'a'],
    ['eq', null],
    ['ne', true],
    ['in', ['a', 1]],
    ['gte', 3],
    ['lte', -0.5],
    ['multiple_of', 7],
  ])('%s compares with %j', (operator, value) => expect(takes(operator, value)).toBe(true));
  test.each([
    ['gte', [3]],
    ['gte', '3'],
    ['lte', null],
    ['lte', true],
    ['multiple_of', 0],
    ['multiple_of', -7],
    ['in', 'a'],
    ['eq', ['a']],
    ['eq', { toString: 1 }],
    ['like', 'a'],
    // Not the number that was written, once it is read.
    ['eq', 2 ** 53],
    ['in', [1, -(2 ** 53)]],
    ['gte', 1e21],
    ['multiple_of', 2 ** 53],
  ])('%s does not compare with %j', (operator, value) => expect(takes(operator, value)).toBe(false));
});

test.each(['https://a.example/', 'http://[::1]:8080/a?b=c#d', 'https://例子.中国/路径', 'HTTPS://A.example'])(
  '%j is an address',
  (url) => expect(accepts(httpUrl, url)).toBe(true),
);
test.each([
  'https://a.example/\u0000',
  'https://a.example/\ud800',
  'https://a.example/a b',
  'https://a.example/\u3000b',
  'https://a.example/\u2028b',
  'https://a.example/\u0085',
  'javascript:alert(1)',
  'ftp://a.example/',
  '//a.example/',
])('%j is none', (url) => expect(accepts(httpUrl, url)).toBe(false));

test('an address is kept as it is read: without tabs and line ends', () =>
  expect(httpUrl.parse(' https://a.ex\nample/\tb')).toBe('https://a.example/b'));

test('a time whose offset takes it out of the years that can be told is refused', () => {
  for (const time of ['9999-12-31T23:59:59-00:01', '0000-01-01T00:00:00+00:01'])
    expect(said(instantInput, time)).toContain('0000 to 9999');
  for (const time of ['9999-12-31T23:59:59.999Z', '0000-01-01T00:00:00Z', '2028-02-29T23:59:59-14:00'])
    expect(accepts(instantInput, time)).toBe(true);
});

test('a + that came as a space is told from other mistakes', () => {
  expect(said(instantInput, '2025-09-25T16:00:00 08:00')).toContain('%2B');
  expect(said(instantInput, 'yesterday')).toBe('Must be an ISO-8601 time');
  expect(accepts(instantInput, '2025-09-25T16:00:00+08:00')).toBe(true);
});

test('the pattern of an ordering takes what the ordering takes', () => {
  const sort = ordering(['created_at', 'name'], '-created_at');
  const { pattern } = sort.meta() ?? sort.unwrap().meta() ?? {};
  for (const text of ['name', '-created_at,name', ' name , -created_at '])
    expect([text, accepts(sort, text), new RegExp(String(pattern)).test(text)]).toEqual([text, true, true]);
  for (const text of ['', 'nam', 'name,', '--name', 'name name'])
    expect([text, accepts(sort, text), new RegExp(String(pattern)).test(text)]).toEqual([text, false, false]);
});
