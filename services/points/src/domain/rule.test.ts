import { judge, rulesOf, standardRule, whyCapped, type Rule } from './rule.ts';

const at = new Date('2026-02-14T00:00:00Z');
const rule = (more: Partial<Rule> = {}): Rule => ({
  ...standardRule,
  ...{ _id: 1, tenantId: 1, version: 1, createdAt: at, updatedAt: at },
  ...more,
});
const points = (one: Rule, data: unknown) => {
  const verdict = judge(one, data, at);
  return verdict.gives ? verdict.points : verdict.because.map(({ code }) => code);
};

test.each([
  [299.99, 1, 1, 300],
  [299.49, 1, 1, 299],
  [299.5, 1, 1, 300],
  [1_000, 3, 100, 30],
  [16, 3, 100, ['NO_POINTS']],
  [17, 3, 100, 1],
  [0.005, 100, 1, 1],
  [-5, 1, 1, ['NO_POINTS']],
  [Number.MAX_VALUE, 1, 1, 10_000_000],
  ['100', 1, 1, ['NO_POINTS']],
  [undefined, 1, 1, ['NO_POINTS']],
])('%p at %d points for each %d gives %j', (value, per, amount, expected) =>
  expect(
    points(rule({ points: null, perAmount: { field: 'order.total', points: per, amount } }), {
      order: { total: value },
    }),
  ).toEqual(expected),
);

test.each([
  ['eq', 'GOLD', 'GOLD', true],
  ['eq', 'GOLD', 'SILVER', false],
  ['ne', 'GOLD', undefined, true],
  ['in', [1, 2], 2, true],
  ['in', [1, 2], 3, false],
  ['gte', 7, 7, true],
  ['gte', 7, 6, false],
  ['gte', 7, '8', false],
  ['gte', 'a', 'b', false],
  ['gte', [3], [4], false],
  ['lte', { toString: 1, valueOf: 1 }, { toString: 1, valueOf: 1 }, false],
  ['gte', { a: 1 }, { a: 1 }, false],
  ['lte', 7, Number.NEGATIVE_INFINITY, false],
  ['gte', null, null, false],
  ['lte', 7, 7, true],
  ['lte', 7, 8, false],
  ['multiple_of', 7, 14, true],
  ['multiple_of', 7, 15, false],
  ['multiple_of', 7, 0, false],
] as const)('%s %j holds of %j: %p', (operator, value, actual, holds) => {
  const verdict = judge(rule({ conditions: [{ field: 'x', operator, value }] }), { x: actual }, at);
  expect(verdict.gives).toBe(holds);
});

test('every obstacle is said at once, and a prototype’s field is none of the data', () =>
  expect(
    judge(
      rule({
        isActive: false,
        validFrom: new Date('2026-02-14T00:00:01Z'),
        conditions: [{ field: 'constructor', operator: 'ne', value: null }],
        points: 0,
      }),
      {},
      at,
    ),
  ).toEqual({
    gives: false,
    because: [{ code: 'INACTIVE' }, { code: 'NOT_YET_VALID' }, { code: 'NO_POINTS' }],
  }));

test('a validity includes both its ends', () => {
  expect(points(rule({ validFrom: at, validTo: at }), {})).toBe(100);
  expect(points(rule({ validTo: new Date(at.getTime() - 1) }), {})).toEqual(['NO_LONGER_VALID']);
});

test('a cap may be reached, not passed', () => {
  const given = { today: 10, member: 50, all: 100 };
  const caps = { perDay: 20, perMember: 60, budget: 110 };
  expect(whyCapped(caps, given, 10)).toBeUndefined();
  expect(whyCapped({ ...caps, perDay: 19 }, given, 10)).toBe('CAP_PER_DAY');
  expect(whyCapped({ ...caps, perMember: 59 }, given, 10)).toBe('CAP_PER_MEMBER');
  expect(whyCapped({ ...caps, budget: 109 }, given, 10)).toBe('CAP_BUDGET');
  expect(whyCapped({ perDay: null, perMember: null, budget: null }, given, 1e9)).toBeUndefined();
  expect(whyCapped(undefined, given, 1e9)).toBeUndefined();
});

test('rules come in their order, then by id', () =>
  expect(
    rulesOf(
      [
        rule({ _id: 3, order: 1 }),
        rule({ _id: 2, order: 5 }),
        rule({ _id: 1, order: 5 }),
        rule({ eventType: 'x' }),
      ],
      'assignment.activated.v1',
    ).map(({ _id }) => _id),
  ).toEqual([3, 1, 2]));
