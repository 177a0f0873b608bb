import { updateUserLevel } from './levels.ts';

const faultsOf = (body: unknown) =>
  updateUserLevel.body?.safeParse(body)?.error?.issues.map(({ path }) => path.join('.')) ?? [];

test('what a level permits is told among a member’s permissions: nothing that could not be, and no name of the platform’s', () => {
  expect(
    faultsOf({ permissions: { can_export: true, discount_rate: 0.95, motto: '金', limit: 3, none: null } }),
  ).toEqual([]);
  expect(faultsOf({ permissions: { a: [1, { b: 2 }] } })).toEqual(['permissions.a']);
  expect(faultsOf({ permissions: { a: { b: 2 } } })).toEqual(['permissions.a']);
  expect(faultsOf({ permissions: { level_name: '别的' } })).toEqual(['permissions.level_name']);
  for (const rate of [1.5, -0.1, true, '0.9', [0.9]])
    expect(faultsOf({ permissions: { discount_rate: rate } })).toEqual(['permissions.discount_rate']);
});

test('no quota passes for a permission', () => {
  expect(faultsOf({ quota_config: { monthly_exports: 7 } })).toEqual([]);
  for (const name of ['can_manage_points', 'discount_rate', 'a b', 'a.b'])
    expect(faultsOf({ quota_config: { [name]: 7 } })).toEqual([`quota_config.${name}`]);
});
