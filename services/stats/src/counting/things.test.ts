import type { DataOf } from '@membership/contracts/event';
import type { vipGranted } from '@membership/contracts/events/vip';
import { sharesOf, tagStepped } from './things.ts';

type UserTag = DataOf<typeof vipGranted>;
type Status = UserTag['status'];
const tag = (status: Status, previousStatus?: Status | null): UserTag => ({
  ...{ userTagId: 1, memberId: 7, status, grantedAt: '2026-02-14T10:00:00.000Z', expiresAt: null },
  ...{ graceEndsAt: null, autoRenew: false, reason: null },
  tag: {
    ...{
      tagId: 3,
      tagName: 'VIP',
      tagCode: 'VIP',
      tagType: 'vip',
      tagColor: '#000',
      tagIcon: '',
      tagLevel: 1,
    },
    ...{ permissionModifiers: {}, quotaModifiers: {}, isActive: true },
  },
  ...(previousStatus === undefined ? {} : { previousStatus }),
});
const changeOf = (step: Parameters<typeof tagStepped>[0], data: UserTag) =>
  ['gained', 'lost'].filter((change) => tagStepped(step, data).details?.tags?.[`3.${change}`] === 1);

test('a tag is gained or lost by the status before, whatever the step is called', () => {
  expect(changeOf('granted', tag('active', null))).toEqual(['gained']);
  expect(changeOf('granted', tag('active', 'revoked'))).toEqual(['gained']);
  // Its end was not written down when it was given anew: it was held all the time, as far as anybody was told.
  expect(changeOf('granted', tag('active', 'grace'))).toEqual([]);
  expect(changeOf('renewed', tag('active', 'expired'))).toEqual(['gained']);
  expect(changeOf('renewed', tag('active', 'grace'))).toEqual([]);
  expect(changeOf('suspended', tag('suspended', 'active'))).toEqual([]);
  expect(changeOf('expired', tag('expired', 'suspended'))).toEqual(['lost']);
  expect(changeOf('revoked', tag('revoked', 'active'))).toEqual(['lost']);
});

test('steps of a version that did not say the status before count as they usually are', () => {
  expect(changeOf('granted', tag('active'))).toEqual(['gained']);
  expect(changeOf('renewed', tag('active'))).toEqual([]);
  expect(changeOf('expired', tag('expired'))).toEqual(['lost']);
});

test('a licence stands under its plan, and under an application where its product has one', () => {
  const license = { kind: 'license', status: 'active', planId: 2, seats: 5 } as const;
  const sums = { 'licenses.active': 1, seats: 5 };
  expect(sharesOf({ ...license, applicationId: null } as never)).toEqual([{ of: 'plan', id: 2, sums }]);
  expect(sharesOf({ ...license, applicationId: 9 } as never)).toEqual([
    { of: 'plan', id: 2, sums },
    { of: 'application', id: 9, sums },
  ]);
  expect(sharesOf({ ...license, status: 'revoked', applicationId: null } as never)).toEqual([
    { of: 'plan', id: 2, sums: { 'licenses.revoked': 1 } },
  ]);
});
