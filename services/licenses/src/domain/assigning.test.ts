import { Refusal } from '@membership/contracts/errors';
import type { Plan } from './product.ts';
import { NEVER, endAfterDays } from '../term.ts';
import { decideAssignments, type AssignCommand, type Known } from './assigning.ts';
import { aLicense, anAssignment } from '../assignments/examples.ts';

const now = new Date('2026-03-01T00:00:00Z');
const command = (fields: Partial<AssignCommand> = {}): AssignCommand => ({
  memberId: 10,
  licenseId: 5,
  type: 'direct',
  reason: null,
  notes: null,
  ...fields,
});
const plan = {
  _id: 3,
  defaultLimits: { maxActivations: 1, maxConcurrentDevices: 4, expiresDays: 30 },
} as Plan;
const known = (fields: Partial<Known> = {}): Known => ({
  tenantId: 1,
  members: new Map([
    [10, { isActive: true }],
    [11, { isActive: true }],
    [12, { isActive: false }],
  ]),
  licenses: new Map([[5, aLicense()]]),
  plans: new Map([[3, plan]]),
  held: [],
  now,
  ...fields,
});
const decide = (commands: AssignCommand[], fields: Partial<Known> = {}) =>
  decideAssignments(
    commands,
    commands.map((_, index) => 100 + index),
    known(fields),
  );
const said = (result: unknown) => (result instanceof Refusal ? [result.code, result.details('zh')] : result);

test('days come from the request, else the plan, else never; devices likewise', () => {
  const [asked, byPlan] = decide([
    command({ expiresDays: 1, maxConcurrentDevices: 2 }),
    command({ memberId: 11 }),
  ]).assigned;
  expect(asked).toMatchObject({
    _id: 100,
    status: 'assigned',
    expiresAt: endAfterDays(now, 1),
    maxConcurrentDevices: 2,
  });
  expect(byPlan).toMatchObject({ _id: 101, expiresAt: endAfterDays(now, 30), maxConcurrentDevices: 4 });
  expect(decide([command()], { plans: new Map() }).assigned[0]).toMatchObject({
    expiresAt: NEVER,
    maxConcurrentDevices: null,
  });
});

test('the licence’s end cuts the assignment’s, which is remembered', () => {
  const licenseEnd = endAfterDays(now, 10);
  const [one] = decide([command({ expiresDays: 20 })], {
    licenses: new Map([[5, aLicense({ expiresAt: licenseEnd })]]),
  }).assigned;
  expect(one).toMatchObject({ expiresAt: licenseEnd, ownExpiresAt: endAfterDays(now, 20) });
});

test('within one list the second of a pair is refused', () => {
  const { results, assigned } = decide([command(), command(), command({ memberId: 11 })]);
  expect(results.map((result) => (result instanceof Refusal ? result.code : result._id))).toEqual([
    100,
    'BIZ_003',
    102,
  ]);
  expect(assigned).toHaveLength(2);
});

test('a held one refuses; one past its end gives way', () => {
  const holding = anAssignment({ _id: 7, expiresAt: new Date(now.getTime() + 1) });
  expect(said(decide([command()], { held: [holding] }).results[0])).toEqual([
    'BIZ_003',
    expect.objectContaining({ assignment_id: 7 }),
  ]);
  const ended = { ...holding, expiresAt: now };
  expect(decide([command()], { held: [ended] })).toMatchObject({
    overdue: [ended],
    assigned: [{ _id: 100 }],
  });
});

test.each([
  [
    'an unknown member and licence, both at once',
    command({ memberId: 99, licenseId: 99 }),
    ['VALIDATION_ERROR', { member_id: ['无效的成员ID'], license_id: ['无效的许可证ID'] }],
  ],
  ['a deactivated member', command({ memberId: 12 }), ['VALIDATION_ERROR', { member_id: ['该成员已停用'] }]],
])('%s', (_name, wrong, expected) => {
  expect(said(decide([wrong]).results[0])).toEqual(expected);
});

test.each([
  ['revoked', aLicense({ status: 'revoked' }), []],
  ['expired', aLicense({ expiresAt: now }), ['update', 'renew', 'rotate-key', 'revoke']],
])(
  'a licence that is %s is not assigned; the refusal says what can be done with it',
  (state, license, allowed) => {
    expect(said(decide([command()], { licenses: new Map([[5, license]]) }).results[0])).toEqual([
      'INVALID_STATE',
      { current_state: state, allowed_actions: allowed },
    ]);
  },
);

test('a removed licence is unknown', () => {
  expect(
    said(decide([command()], { licenses: new Map([[5, aLicense({ isRemoved: true })]]) }).results[0]),
  ).toEqual(['VALIDATION_ERROR', { license_id: ['无效的许可证ID'] }]);
});
