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
