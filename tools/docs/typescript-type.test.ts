import { comment, membersOf, typeName, typeOf } from './typescript-type.ts';

test.each([
  [{ type: 'string' }, 'string'],
  [{ type: 'string', format: 'date-time' }, 'string'],
  [{ type: 'integer', minimum: 1 }, 'number'],
  [{ type: 'number' }, 'number'],
  [{ type: 'boolean' }, 'boolean'],
  [{ type: 'null' }, 'null'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: ['integer', 'number'] }, 'number'],
  [{ const: true }, 'true'],
  [{ const: 'a' }, '"a"'],
  [{ type: 'string', enum: ['a', 'b'] }, '"a" | "b"'],
  [{ enum: ['a', null, 1] }, '"a" | null | 1'],
  [{ $ref: '#/components/schemas/Thing' }, 'Thing'],
  [{ $ref: '#/components/schemas/my.thing-2' }, 'my_thing_2'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
  [{ oneOf: [{ const: 1 }, { $ref: '#/components/schemas/A' }] }, '1 | A'],
  [{ allOf: [{ $ref: '#/x/A' }, { $ref: '#/x/B' }] }, 'A & B'],
  [{ allOf: [{ $ref: '#/x/A' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }] }, 'A & (string | null)'],
  [{ allOf: [{ $ref: '#/x/A' }, { description: 'said anew' }] }, 'A'],
  [{}, 'unknown'],
])('%j is %s', (schema, type) => expect(typeOf(schema)).toBe(type));

test.each([
  [{ type: 'array' }, 'unknown[]'],
  [{ type: 'array', items: { type: 'string' } }, 'string[]'],
  [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
  [{ type: 'array', items: { type: 'array', items: { enum: ['a', 'b'] } } }, '(("a" | "b")[])[]'],
])('an array, %j, is %s', (schema, type) => expect(typeOf(schema)).toBe(type));

test('an object: what is required, what may be left out, what is said of a field', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'integer', description: 'Its\n  number' },
      'hyphen-name': { type: 'string' },
      inner: { type: 'object', properties: { a: { type: 'null' } }, required: ['a'] },
    },
    required: ['id', 'inner'],
    additionalProperties: false,
  };
  expect(typeOf(schema)).toBe(`{
  /** Its number */
  id: number;
  "hyphen-name"?: string;
  inner: {
    a: null;
  };
}`);
});

test('objects without fields of their own: free, of one type, or empty', () => {
  expect(typeOf({ type: 'object' })).toBe('Record<string, unknown>');
  expect(typeOf({ type: 'object', additionalProperties: true })).toBe('Record<string, unknown>');
  expect(typeOf({ type: 'object', additionalProperties: {} })).toBe('Record<string, unknown>');
  expect(typeOf({ type: 'object', additionalProperties: { type: 'integer' } })).toBe(
    'Record<string, number>',
  );
  expect(typeOf({ type: 'object', additionalProperties: false })).toBe('{}');
});

test('named fields beside others: the signature for all names holds the named ones, too', () => {
  const fields = { properties: { a: { type: 'string' }, b: { type: 'boolean' } }, required: ['a', 'b'] };
  expect(typeOf({ type: 'object', ...fields, additionalProperties: { type: 'number' } })).toBe(
    '{\n  a: string;\n  b: boolean;\n  [name: string]: string | boolean | number;\n}',
  );
  expect(
    typeOf({ type: 'object', ...fields, required: ['a'], additionalProperties: { type: 'number' } }),
  ).toBe('{\n  a: string;\n  b?: boolean;\n  [name: string]: string | boolean | number | undefined;\n}');
  expect(typeOf({ type: 'object', ...fields, additionalProperties: {} })).toBe(
    '{\n  a: string;\n  b: boolean;\n  [name: string]: unknown;\n}',
  );
});

test('a type that JSON Schema does not have stops the generator', () => {
  expect(() => typeOf({ type: 'date' })).toThrow('no type for the JSON Schema type date');
});

test('names: of types letters and digits, of members as they are where TypeScript takes them', () => {
  expect(typeName('Points.Record-1')).toBe('Points_Record_1');
  const members = ['a', '$b', '200', '0', '2xx', 'a.b'].map((name) => ({ name, type: 'string' }));
  expect(membersOf(members, '')).toBe(
    '{\n  a: string;\n  $b: string;\n  200: string;\n  "0": string;\n  "2xx": string;\n  "a.b": string;\n}',
  );
  expect(membersOf([], '  ')).toBe('{}');
});

test('a comment is one line and does not end early; nothing is said where nothing stands', () => {
  expect(comment({ description: 'ends */ here\nand goes on' }, '  ')).toBe(
    '  /** ends *\\/ here and goes on */\n',
  );
  expect(comment({ description: '' })).toBe('');
  expect(comment({})).toBe('');
});
