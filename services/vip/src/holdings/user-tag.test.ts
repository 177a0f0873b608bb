import { Refusal } from '@membership/contracts/errors';
import {
  DAY,
  daysUntilExpiry,
  dueAt,
  grant,
  LATEST,
  renew,
  resume,
  revoke,
  settle,
  statusAt,
  suspend,
  type Terms,
  type UserTag,
} from './user-tag.ts';

const start = new Date('2026-01-01T00:00:00Z');
const later = (days: number, milliseconds = 0) => new Date(start.getTime() + days * DAY + milliseconds);
const tag: Terms['tag'] = {
  defaultDays: 30,
  maxDays: 365,
  isActive: true,
  isRetired: false,
  isAssignable: true,
};
const terms = (more: Partial<Terms> = {}): Terms => ({
  tag,
  graceDays: 7,
  reason: null,
  now: start,
  ...more,
});
const ids = { id: 5, tenantId: 1, memberId: 2, tagId: 3 };
const held = (more: Partial<Terms> = {}): UserTag => grant(null, ids, terms(more)).after;

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('the clock', () => {
  test.each([
    ['active a millisecond before its end', later(30, -1), 'active'],
    ['in grace at its end', later(30), 'grace'],
    ['in grace a millisecond before the grace ends', later(37, -1), 'grace'],
    ['expired when the grace ends', later(37), 'expired'],
  ])('a tag of 30 days is %s', (_name, now, status) => {
    expect(statusAt(held(), now)).toBe(status);
  });

  test('a tag without an end stays active', () => {
    const forever = held({ tag: { ...tag, defaultDays: null, maxDays: null } });
    expect([
      forever.expiresAt,
      statusAt(forever, LATEST),
      dueAt(forever),
      daysUntilExpiry(forever, start),
    ]).toEqual([null, 'active', null, null]);
  });

  test('without grace a tag goes from active to expired', () => {
    const tagless = held({ graceDays: 0 });
    expect([statusAt(tagless, later(30, -1)), statusAt(tagless, later(30))]).toEqual(['active', 'expired']);
    expect(settle(tagless, later(30))?.action).toBe('expired');
  });

  test('runs on while a tag is suspended, and ends it', () => {
    const suspended = suspend(held(), { reason: null, now: later(1) }).after;
    expect([statusAt(suspended, later(31)), statusAt(suspended, later(37))]).toEqual([
      'suspended',
      'expired',
    ]);
    expect(dueAt(suspended)).toEqual(later(37));
  });

  test('whole days are left, rounded down, never below 0', () => {
    expect([
      daysUntilExpiry(held(), start),
      daysUntilExpiry(held(), later(0, 1)),
      daysUntilExpiry(held(), later(29, 1)),
      daysUntilExpiry(held(), later(40)),
    ]).toEqual([30, 29, 0, 0]);
  });

  test('is written down once for each of its steps, and by one step when it was overslept', () => {
    const grace = settle(held(), later(30));
    expect([grace?.action, grace?.after.status, grace?.after.sequence]).toEqual([
      'grace_started',
      'grace',
      2,
    ]);
    expect(settle(grace?.after as UserTag, later(31))).toBeNull();
    expect(settle(held(), later(99))?.action).toBe('expired');
    expect(settle(held(), later(30, -1))).toBeNull();
    expect(settle(revoke(held(), { reason: null, now: start }).after, later(99))).toBeNull();
  });
});

describe('renewing', () => {
  test('extends from the end while it is ahead, from now when it is past', () => {
    expect(renew(held(), terms({ days: 10, now: later(20) })).after.expiresAt).toEqual(later(40));
    expect(renew(held(), terms({ days: 10, now: later(33) })).after.expiresAt).toEqual(later(43));
    expect(renew(held(), terms({ days: 10, now: later(100) })).after).toMatchObject({
      status: 'active',
      expiresAt: later(110),
      graceEndsAt: later(117),
    });
  });

  test('goes up to the limit from now and not a day past it', () => {
    expect(renew(held(), terms({ days: 335 })).after.expiresAt).toEqual(later(365));
    const refusal = refusalOf(() => renew(held(), terms({ days: 336 })));
    expect([refusal.code, refusal.status, refusal.options.details]).toEqual([
      'VIP_DURATION_EXCEEDED',
      409,
      { max_duration_days: 365, latest_expires_at: later(365).toISOString(), days_left: 335 },
    ]);
  });

  test('never leads past the last date there is, however often it is done', () => {
    const limitless = { ...tag, maxDays: null };
    let tagOf = held({ tag: limitless, days: 36_500 });
    const refusal = refusalOf(() => {
      for (let turn = 0; turn < 100; turn++)
        tagOf = renew(tagOf, terms({ tag: limitless, days: 36_500 })).after;
    });
    expect(refusal.code).toBe('VIP_DURATION_EXCEEDED');
    expect(tagOf.expiresAt && tagOf.expiresAt <= LATEST).toBe(true);
  });

  test('leaves a suspended tag suspended, and one without an end without one', () => {
    expect(renew(suspend(held(), { reason: null, now: start }).after, terms()).after).toMatchObject({
      status: 'suspended',
      expiresAt: later(60),
    });
    const limitless = { ...tag, defaultDays: null, maxDays: null };
    expect(renew(held({ tag: limitless }), terms({ tag: limitless, days: 5 })).after.expiresAt).toBeNull();
  });

  test('is refused for a revoked holding, and for a tag that is retired, inactive or not assignable', () => {
    expect(
      refusalOf(() => renew(revoke(held(), { reason: null, now: start }).after, terms())).options.details,
    ).toEqual({ current_state: 'revoked', allowed_actions: ['grant'] });
    for (const no of [{ isRetired: true }, { isActive: false }, { isAssignable: false }])
      expect(refusalOf(() => renew(held(), terms({ tag: { ...tag, ...no } }))).code).toBe('INVALID_STATE');
  });
});

describe('granting', () => {
  test('renews what the member has, suspended or in grace', () => {
    expect(grant(held(), ids, terms()).action).toBe('renewed');
    expect(grant(held(), ids, terms({ now: later(33) })).action).toBe('renewed');
    expect(grant(suspend(held(), { reason: null, now: start }).after, ids, terms()).action).toBe('renewed');
  });

  test('begins anew after the end or a revocation, and counts its facts on', () => {
    const after = grant(held(), ids, terms({ now: later(37) }));
    expect([
      after.action,
      after.after.grantedAt,
      after.after.expiresAt,
      after.after.sequence,
      after.after.createdAt,
    ]).toEqual(['granted', later(37), later(67), 2, start]);
    expect(grant(revoke(held(), { reason: 'x', now: start }).after, ids, terms())).toMatchObject({
      action: 'granted',
      after: { status: 'active', revokedAt: null, reason: null },
    });
  });

  test('is refused past the limit', () => {
    expect(grant(null, ids, terms({ days: 365 })).after.expiresAt).toEqual(later(365));
    expect(refusalOf(() => grant(null, ids, terms({ days: 366 }))).code).toBe('VIP_DURATION_EXCEEDED');
  });
});

describe('suspending, resuming, revoking', () => {
  const why = { reason: null, now: start };
  test('a resumed tag is what the clock says', () => {
    const suspended = suspend(held(), why).after;
    expect(resume(suspended, { reason: null, now: later(1) }).after.status).toBe('active');
    expect(resume(suspended, { reason: null, now: later(31) }).after.status).toBe('grace');
    expect(refusalOf(() => resume(suspended, { reason: null, now: later(37) })).options.details).toEqual({
      current_state: 'expired',
      allowed_actions: ['renew'],
    });
  });

  test('each forbidden step names the state and what it allows', () => {
    expect(refusalOf(() => resume(held(), why)).options.details).toEqual({
      current_state: 'active',
      allowed_actions: ['renew', 'suspend', 'revoke', 'auto-renew'],
    });
    expect(refusalOf(() => suspend(suspend(held(), why).after, why)).options.details).toEqual({
      current_state: 'suspended',
      allowed_actions: ['resume', 'renew', 'revoke', 'auto-renew'],
    });
    expect(refusalOf(() => revoke(revoke(held(), why).after, why)).options.details).toEqual({
      current_state: 'revoked',
      allowed_actions: ['grant'],
    });
  });
});
