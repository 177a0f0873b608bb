import { missingShapes } from './shapes.ts';

const document = {
  components: {
    schemas: {
      Thing: {
        type: 'object',
        properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] } },
        required: ['id', 'name'],
      },
    },
  },
};
const thing = { $ref: '#/components/schemas/Thing' };
const problems = (value: unknown, schema: object): string[] => missingShapes(value, schema, document);

test('what is named and of its type is there, whole or in part', () => {
  expect(problems({ id: 1, name: null }, thing)).toEqual([]);
  expect(problems([{ id: 1 }, {}], { type: 'array', items: thing })).toEqual([]);
});
test('a field that is not named, and another type, are found where they are', () => {
  expect(problems([{ id: 1, more: 2 }], { type: 'array', items: thing })).toEqual(['[0].more is not named']);
  expect(problems({ id: 'a', name: 1 }, thing)).toEqual([
    'id is string, not integer',
    'name is number, not string or null',
  ]);
  expect(problems({ id: 1.5 }, thing)).toEqual(['id is number, not integer']);
  expect(problems('a', thing)).toEqual(['it is string, not object']);
});
test('of branches one has to do; the nearest says what is missing', () => {
  const either = { anyOf: [{ type: 'integer' }, { type: 'object', properties: { a: thing } }] };
  expect(problems(1, either)).toEqual([]);
  expect(problems({ a: { id: 1 } }, either)).toEqual([]);
  expect(problems({ a: { other: 1 } }, either)).toHaveLength(1);
});
test('free objects take any name; those with values of a kind look at them', () => {
  expect(problems({ any: 1 }, { type: 'object' })).toEqual([]);
  expect(problems({ any: 1 }, { type: 'object', properties: {}, additionalProperties: true })).toEqual([]);
  expect(problems({ any: {}, other: { x: 1 } }, { type: 'object', additionalProperties: thing })).toEqual([
    'other.x is not named',
  ]);
});
test('what stands beside named fields is not described by taking anything; who sends it may', () => {
  const open = { type: 'object', properties: { id: { type: 'integer' } }, additionalProperties: {} };
  expect(problems({ id: 1, more: 2 }, open)).toEqual(['more is not named']);
  expect(missingShapes({ id: 1, more: 2 }, open, document, { isSent: true })).toEqual([]);
});
test('a value outside the words and limits of its schema', () => {
  const cases: [unknown, object, object][] = [
    ['a', { enum: ['a', 'b'] }, { enum: ['zzz'] }],
    ['a', { const: 'a' }, { const: 'zzz' }],
    ['a', { pattern: '^a$' }, { pattern: '^zzz' }],
    ['2026-01-01T00:00:00Z', { format: 'date-time' }, { format: 'uuid' }],
    ['2026-01-01', { format: 'date' }, { format: 'email' }],
    ['a', { minLength: 1, maxLength: 1 }, { maxLength: 0 }],
    [[1], { minItems: 1, maxItems: 1 }, { minItems: 2 }],
    [1, { minimum: 1, maximum: 1 }, { maximum: 0 }],
    [1, { exclusiveMinimum: 0, exclusiveMaximum: 2 }, { exclusiveMinimum: 1 }],
  ];
  for (const [value, fitting, other] of cases)
    expect([problems(value, fitting), problems(value, other).length]).toEqual([[], 1]);
});
test('of what is sent, what is required is there', () => {
  expect(missingShapes({ id: 1 }, thing, document, { isSent: true })).toEqual(['name is left out']);
  expect(missingShapes([{ id: 1 }], { items: thing }, document, { isSent: true })).toEqual([
    '[0].name is left out',
  ]);
});
