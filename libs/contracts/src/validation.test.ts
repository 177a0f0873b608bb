import { z } from 'zod';
import { orderId } from './endpoints/points/member-points.ts';
import { webhookBody } from './endpoints/points/webhooks.ts';
import { decimal, jsonObject, ordering, pageQuery, pathId } from './schemas.ts';
import { both } from './text.ts';
import { fieldErrors } from './validation.ts';

const errorsOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success
    ? {}
    : Object.fromEntries(
        Object.entries(fieldErrors(parsed.error.issues)).map(([field, texts]) => [
          field,
          texts.map(({ zh }) => zh),
        ]),
      );
};
const body = z.strictObject({
  name: z.string().min(1).max(5),
  age: z.int().min(0).max(150),
  kind: z.enum(['a', 'b']),
  list: z
    .array(z.strictObject({ points: z.int() }))
    .max(1)
    .optional(),
});

test.each([
  [z.strictObject({ a: z.string().max(1) }), { a: 'xy' }, 'Must have at most 1 character'],
  [z.strictObject({ a: z.string().min(2) }), { a: 'x' }, 'Must have at least 2 characters'],
  [z.strictObject({ a: z.array(z.int()).min(1) }), { a: [] }, 'Must have at least 1 item'],
  [z.strictObject({ a: z.array(z.int()).max(2) }), { a: [1, 2, 3] }, 'Must have at most 2 items'],
])('one is told as one in English', (schema, value, told) => {
  const issues = schema.safeParse(value).error?.issues ?? [];
  expect(fieldErrors(issues)).toMatchObject({ a: [{ en: told }] });
});

test('every wrong field at once, each with what is wrong', () => {
  expect(errorsOf(body, { age: -1, kind: 'c', list: [{ points: 'x' }], extra: 1 })).toEqual({
    name: ['此字段为必填项'],
    age: ['必须大于或等于 0'],
    kind: ['无效的值，可选：a、b'],
    'list.0.points': ['类型不正确，应为数字'],
    extra: ['未知的字段'],
  });
  expect(
    errorsOf(body, { name: '', age: 1.5, kind: null, list: [{ points: 1 }, { points: 2 }] }),
  ).toMatchObject({ name: ['此字段不能为空'], list: ['最多允许 1 项'] });
});
test('a field that is not there is said to be missing, whatever it would have to look like; one that is there, what is wrong', () => {
  const told = z.object({
    at: z.iso.datetime({ error: both('时间格式不正确', 'Not a time') }),
    amount: decimal(2, { error: both('金额格式不正确', 'Not an amount') }),
    id: z.union([z.string(), z.int()], { error: both('无效的编号', 'Not an id') }),
    unit: z.enum(['a', 'b'], { error: both('可选：a、b', 'Must be one of: a, b') }),
  });
  const missing = ['此字段为必填项'];
  expect(errorsOf(told, {})).toEqual({ at: missing, amount: missing, id: missing, unit: ['可选：a、b'] });
  expect(errorsOf(told, { at: null, amount: 'x', id: true, unit: 'c' })).toEqual({
    at: ['时间格式不正确'],
    amount: ['金额格式不正确'],
    id: ['无效的编号'],
    unit: ['可选：a、b'],
  });
  expect(errorsOf(webhookBody, [])).toEqual({ body: ['类型不正确，应为对象'] });
});
test('what is no object is wrong as a whole', () => expect(errorsOf(body, [1])).toHaveProperty('body'));
test('no refusal speaks of how it was looked for', () => {
  const wrong = errorsOf(z.strictObject({ free: jsonObject, form: z.string().regex(/^a$/) }), {
    free: [],
    form: 'b',
  });
  expect(wrong).toEqual({ free: ['类型不正确，应为对象'], form: ['格式不正确'] });
  for (const text of Object.values(errorsOf(z.strictObject({ order: orderId }), { order: 'a\tb' })).flat())
    expect(text).toContain('不含换行');
});
test('a field named __proto__ is a field like any other', () =>
  expect(Object.keys(errorsOf(body, JSON.parse('{"name":"a","age":1,"kind":"a","__proto__":{}}')))).toEqual([
    '__proto__',
  ]));
test.each([
  [{ $gt: '' }],
  [{ a: { $where: 1 } }],
  [{ 'a.b': 1 }],
  [JSON.parse('{"a":{"__proto__":1}}')],
  [{ a: [{ constructor: 1 }] }],
  [{ a: [{ _bsontype: 'ObjectId', id: 'x' }] }],
  [{ big: 'x'.repeat(20_000) }],
])('free-form JSON refuses %j', (value) => expect(jsonObject.safeParse(value).success).toBe(false));
test('free-form JSON takes what is plain', () =>
  expect(jsonObject.parse({ max_projects: 50, nested: { list: [1, 'two', null] } })).toEqual({
    max_projects: 50,
    nested: { list: [1, 'two', null] },
  }));
test('pages: defaults, the cap of 100, what is no page', () => {
  const query = z.strictObject(pageQuery(20));
  expect(query.parse({})).toEqual({ page: 1, page_size: 20 });
  expect(query.parse({ page: '3', page_size: '5000' })).toEqual({ page: 3, page_size: 100 });
  for (const page of ['0', '-1', 'x', '1.5', '']) expect(query.safeParse({ page }).success).toBe(false);
});
test('ordering comes out of a whitelist', () => {
  const order = ordering(['a', 'b'], '-a');
  expect(order.parse(undefined)).toEqual([{ field: 'a', descending: true }]);
  expect(order.parse('b,-a')).toEqual([
    { field: 'b', descending: false },
    { field: 'a', descending: true },
  ]);
  expect(order.safeParse('a,$where').success).toBe(false);
});
test.each(['0', '-1', '01', 'abc', '1e3', '99999999999999999999', ''])('%j is no id in a path', (text) =>
  expect(pathId.safeParse(text).success).toBe(false),
);
