import { nested, valueAt } from './nested.ts';

test('names with dots are read from the inside of things, and put back there', () => {
  const plan = { name: 'Small', limits: { member_per_minute: 5, admin_per_minute: null } };
  const names = ['name', 'limits.member_per_minute', 'limits.admin_per_minute'];
  const read = Object.fromEntries(names.map((name) => [name, valueAt(plan, name)]));
  expect(read).toEqual({
    name: 'Small',
    'limits.member_per_minute': 5,
    'limits.admin_per_minute': null,
  });
  expect(nested(read)).toEqual(plan);
});

test('what is not there is undefined, and one thing inside brings no others', () => {
  expect(valueAt({ limits: null }, 'limits.member_per_minute')).toBeUndefined();
  expect(valueAt({}, 'limits.member_per_minute')).toBeUndefined();
  expect(nested({ 'limits.member_per_minute': null, 'a.b.c': 1 })).toEqual({
    limits: { member_per_minute: null },
    a: { b: { c: 1 } },
  });
});
