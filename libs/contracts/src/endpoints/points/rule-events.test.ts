import { ruleEvents } from './rule-events.ts';
import { awardableEvents } from './rules.ts';

const named = (type: string) =>
  Object.fromEntries(
    (ruleEvents.find((one) => one.type === type)?.fields ?? []).map(({ name, ...rest }) => [name, rest]),
  );

test('every event that rules may name tells its fields, out of its own schema', () => {
  expect(ruleEvents.map(({ type }) => type)).toEqual([...awardableEvents]);
  for (const { fields } of ruleEvents) expect(fields.length).toBeGreaterThan(1);
});

test('a field has the type that conditions compare with, what it may be, and the dots that lead to it', () => {
  expect(named('assignment.activated.v1')).toMatchObject({
    productName: { type: 'text', values: null },
    planId: { type: 'number' },
    applicationId: { type: 'number' },
    status: { type: 'text', values: ['assigned', 'active', 'suspended', 'revoked', 'expired'] },
    expiresAt: { type: 'time' },
  });
  expect(named('vip.granted.v1')).toMatchObject({
    'tag.tagLevel': { type: 'number' },
    'tag.isActive': { type: 'boolean' },
    previousStatus: { type: 'text', values: expect.arrayContaining(['grace']) },
  });
  // No condition can look into what is free-form.
  expect(Object.keys(named('vip.granted.v1'))).not.toContain('tag.quotaModifiers');
});

test('logins of both kinds have the streak first; a shop’s event has what its schema names', () => {
  for (const type of ['member.logged_in.v1', 'MEMBER_LOGIN'])
    expect(Object.keys(named(type))[0]).toBe('streakDays');
  expect(Object.keys(named('REVIEW_POSTED'))).toEqual(['user_id', 'order_id', 'review_id']);
});
