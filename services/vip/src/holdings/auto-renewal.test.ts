import { Refusal } from '@membership/contracts/errors';
import type { Tag } from '../tags/tag.ts';
import {
  isRenewalDue,
  isStillWanted,
  renewalTime,
  switchAutoRenewal,
  tried,
  withRenewalTime,
} from './auto-renewal.ts';
import { DAY, grant, renew, revoke, settle, suspend, type Terms, type UserTag } from './user-tag.ts';

const start = new Date('2026-01-01T00:00:00Z');
const later = (days: number, milliseconds = 0) => new Date(start.getTime() + days * DAY + milliseconds);
const tag = {
  defaultDays: 30,
  maxDays: 365,
  isActive: true,
  isRetired: false,
  isAssignable: true,
} as Tag;
const terms = (more: Partial<Terms> = {}): Terms => ({
  tag,
  graceDays: 7,
  reason: null,
  now: start,
  days: 30,
  autoRenew: true,
  ...more,
});
const granted = (more: Partial<Terms> = {}): UserTag =>
  grant(null, { id: 5, tenantId: 1, memberId: 2, tagId: 3 }, terms(more)).after;
const reckoned = (userTag: UserTag, limits: Partial<Tag> = {}) =>
  withRenewalTime(userTag, { ...tag, ...limits }, DAY);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'not refused';
}

describe('when a tag renews itself', () => {
  test.each([
    ['a day before its end', 30, {}, later(29)],
    ['half of its days before the end of a short one', 1, {}, later(0.5)],
    ['not before the limit lets it be so long', 30, { maxDays: 30 }, later(30)],
    ['as early as the limit allows', 30, { maxDays: 30.5 }, later(29.5)],
    ['never when it is retired', 30, { isRetired: true }, null],
  ])('%s', (_name, days, limits, expected) => {
    const userTag = granted({ days, tag: { ...tag, ...limits, isRetired: false } });
    expect(renewalTime(userTag, { ...tag, ...limits }, DAY)).toEqual(expected);
  });

  test('never when it is off, has no end, is suspended or revoked', () => {
    const on = granted();
    for (const userTag of [
      granted({ autoRenew: false }),
      granted({ autoRenew: undefined }),
      { ...on, expiresAt: null },
      suspend(on, { reason: null, now: start }).after,
      revoke(on, { reason: null, now: start }).after,
    ])
      expect(renewalTime(userTag, tag, DAY)).toBeNull();
  });

  test('due from its time on, through the grace, to the last millisecond of it', () => {
    const userTag = reckoned(granted());
    expect(
      [later(29, -1), later(29), later(30), later(37, -1), later(37)].map((now) =>
        isRenewalDue(userTag, now),
      ),
    ).toEqual([false, true, true, true, false]);
  });

  test('once for each end: what was tried is not due again, the next end is', () => {
    const userTag = granted();
    const done = reckoned({ ...userTag, renewal: tried(userTag) });
    expect(done.renewal).toMatchObject({ at: null, triedFor: userTag.expiresAt });
    const next = reckoned(renew(done, terms({ autoRenew: undefined, now: later(29) })).after);
    expect([next.autoRenew, next.expiresAt, next.renewal?.at]).toEqual([true, later(60), later(59)]);
  });
});

describe('what becomes of it', () => {
  test('stays on through suspension and grace; ends with the tag', () => {
    const on = granted();
    expect(suspend(on, { reason: null, now: start }).after.autoRenew).toBe(true);
    expect(settle(on, later(30))?.after).toMatchObject({ status: 'grace', autoRenew: true });
    expect(settle(on, later(37))?.after).toMatchObject({ status: 'expired', autoRenew: false });
    expect(revoke(on, { reason: null, now: start }).after.autoRenew).toBe(false);
    // Ended, but nobody has written it down.
    expect(renew(on, terms({ autoRenew: undefined, now: later(40) })).after.autoRenew).toBe(false);
    const revoked = revoke(on, { reason: null, now: start }).after;
    const ids = { id: 5, tenantId: 1, memberId: 2, tagId: 3 };
    expect(grant(revoked, ids, terms({ autoRenew: undefined })).after.autoRenew).toBe(false);
    expect(grant(revoked, ids, terms({ days: 9 })).after).toMatchObject({
      autoRenew: true,
      renewal: { days: 9 },
    });
  });

  test('a renewal on its way is wanted while nothing else has happened to the tag', () => {
    const on = granted();
    const wanted = (userTag: UserTag | null, now = later(29)) => isStillWanted(userTag, later(30), now);
    expect([wanted(on), wanted(on, later(37, -1))]).toEqual([true, true]);
    expect([
      wanted(null),
      wanted(on, later(37)),
      wanted({ ...on, autoRenew: false }),
      wanted(suspend(on, { reason: null, now: start }).after),
      wanted(revoke(on, { reason: null, now: start }).after),
      wanted(renew(on, terms()).after),
    ]).toEqual(Array(6).fill(false));
  });
});

describe('switching', () => {
  const on = { isOn: true, days: 30, tag, now: start };
  test('on, other days, off: a step each; what stands already takes none', () => {
    const off = granted({ autoRenew: false });
    const first = switchAutoRenewal(off, on);
    expect(first).toMatchObject({
      action: 'auto_renew_on',
      after: { autoRenew: true, renewal: { days: 30 }, sequence: 2, expiresAt: off.expiresAt },
    });
    const userTag = first?.after as UserTag;
    expect(switchAutoRenewal(userTag, on)).toBeNull();
    expect(switchAutoRenewal(userTag, { ...on, days: 60 })?.after.renewal?.days).toBe(60);
    expect(switchAutoRenewal(userTag, { ...on, isOn: false })).toMatchObject({
      action: 'auto_renew_off',
      after: { autoRenew: false, renewal: { days: 30 } },
    });
    expect(switchAutoRenewal(off, { ...on, isOn: false })).toBeNull();
  });

  test('off and on again does not try the same end twice', () => {
    const userTag = granted();
    const done = { ...userTag, renewal: tried(userTag) };
    const off = switchAutoRenewal(done, { ...on, isOn: false })?.after as UserTag;
    const again = switchAutoRenewal(off, on)?.after as UserTag;
    expect(reckoned(again).renewal?.at).toBeNull();
  });

  test('on is refused where there is nothing to renew', () => {
    const off = granted({ autoRenew: false });
    expect(switchAutoRenewal(off, { ...on, days: 365 })).not.toBeNull();
    expect(
      [
        () => switchAutoRenewal({ ...off, expiresAt: null }, on),
        () => switchAutoRenewal(revoke(off, { reason: null, now: start }).after, on),
        () => switchAutoRenewal(off, { ...on, now: later(37) }),
        () => switchAutoRenewal(off, { ...on, tag: { ...tag, isRetired: true } }),
        () => switchAutoRenewal(off, { ...on, tag: { ...tag, isActive: false } }),
        () => switchAutoRenewal(off, { ...on, days: 366 }),
      ].map(codeOf),
    ).toEqual([...Array(5).fill('INVALID_STATE'), 'VIP_DURATION_EXCEEDED']);
  });
});
