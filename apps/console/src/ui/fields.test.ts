import { differing, fieldErrors, formOf, valuesOf, wrongNumber, type Field, type Values } from './fields.ts';

const word = { zh: '', en: '' };
const FIELDS: readonly Field[] = [
  { name: 'name', label: word },
  { name: 'points', label: word, kind: 'whole' },
  {
    name: 'price',
    label: word,
    kind: 'group',
    isOptional: true,
    fields: [
      { name: 'month', label: word, kind: 'number' },
      { name: 'currency', label: word },
    ],
  },
  {
    name: 'caps',
    label: word,
    kind: 'group',
    fields: [
      { name: 'day', label: word, kind: 'whole', isNullable: true },
      { name: 'all', label: word, kind: 'whole' },
    ],
  },
  { name: 'quotas', label: word, kind: 'pairs', of: ['number'] },
];
const BEFORE = {
  name: 'Gold',
  points: 5,
  price: { month: 9.9, currency: 'CNY' },
  caps: { day: 50, all: null },
  quotas: { projects: 3 },
};
const form = formOf(FIELDS, BEFORE, 'UTC');
const sentFor = (typed: Values) =>
  differing(FIELDS, valuesOf(FIELDS, { ...form, ...typed }, 'UTC'), valuesOf(FIELDS, form, 'UTC'));

test('a form that nobody touched changes nothing', () => {
  expect(sentFor({})).toEqual({});
});

test('a group is sent whole, so that what was not touched in it stays', () => {
  expect(sentFor({ 'caps.all': 1_000 })).toEqual({ caps: { day: 50, all: 1_000 } });
  expect(sentFor({ 'caps.day': null })).toEqual({ caps: { day: null } });
  // What is left out of it is what it is by default.
  expect(sentFor({ 'price.currency': '' })).toEqual({ price: { month: 9.9 } });
});

test('an optional group that was emptied is none', () => {
  expect(sentFor({ 'price.month': null, 'price.currency': '' })).toEqual({ price: null });
});

test('what is new says nothing of groups that are empty', () => {
  expect(valuesOf(FIELDS, { name: 'Gold', 'price.month': null, 'price.currency': '' }, 'UTC')).toEqual({
    name: 'Gold',
  });
  expect(valuesOf(FIELDS, { 'price.month': 1, quotas: [] }, 'UTC')).toEqual({
    price: { month: 1 },
    quotas: {},
  });
});

test('a pair that goes is gone, and an emptied text is empty', () => {
  expect(sentFor({ quotas: [], name: '' })).toEqual({ quotas: {}, name: '' });
});

test('what was refused stands at its field, with where in it; the rest is told', () => {
  const error = {
    details: {
      'caps.day': ['Too low'],
      price: ['Needs both'],
      'quotas.projects': ['Must be a number'],
      tag: ['Unknown'],
      retry_after: 3,
      current_state: 'cancelled',
      allowed_actions: ['return'],
    },
  };
  expect(fieldErrors(error, FIELDS)).toEqual({
    fields: [
      { name: 'caps.day', errors: ['Too low'] },
      { name: 'price.month', errors: ['Needs both'] },
      { name: 'quotas', errors: ['projects: Must be a number'] },
    ],
    others: ['tag: Unknown'],
  });
});

test.each([
  ['whole', 2.5, 'This has to be a whole number'],
  ['whole', 0, 'At least 1'],
  ['number', 10, 'At most 9.5'],
  ['number', 9.5, undefined],
  ['whole', null, undefined],
] as const)('a %s of %p: %s', (kind, value, words) => {
  expect(wrongNumber({ name: 'n', label: word, kind, min: 1, max: 9.5 }, value)?.en).toBe(words);
});
