import { faultsOf, outcomeOf, type Purchase, type Traces } from './purchase-audit.ts';

const now = new Date('2026-01-01T00:00:00Z');
const earlier = new Date(now.getTime() - 1);
const purchase = (more: Partial<Purchase> = {}): Purchase => ({
  _id: 1,
  tenantId: 1,
  memberId: 2,
  tagId: 3,
  status: 'completed',
  points: 100,
  userTagId: 4,
  dueAt: now,
  settledAt: now,
  ...more,
});
const paid: Traces = {
  grants: 1,
  decision: { state: 'captured', holdId: 9 },
  hold: { status: 'captured', points: 100, captured: 100 },
  records: [-100],
  undone: 0,
};
const nothing: Traces = { grants: 0, decision: null, hold: null, records: [], undone: 0 };
const frozen: Traces = {
  ...nothing,
  decision: { state: 'held', holdId: 9 },
  hold: { status: 'held', points: 100, captured: 0 },
};
const released: Traces = {
  ...nothing,
  decision: { state: 'released', holdId: 9 },
  hold: { status: 'released', points: 100, captured: 0 },
};
const failed = purchase({ status: 'failed', userTagId: null });
const requested = purchase({ status: 'requested', userTagId: null, settledAt: null });

test.each([
  ['granted and paid', purchase(), paid],
  ['granted for nothing', purchase({ points: 0 }), { ...nothing, grants: 1 }],
  ['failed before points heard of it', failed, nothing],
  ['rejected', failed, { ...nothing, decision: { state: 'rejected', holdId: null } }],
  ['withdrawn', failed, { ...nothing, decision: { state: 'withdrawn', holdId: null } }],
  ['given back', failed, released],
  ['asked for', requested, nothing],
  ['frozen', requested, frozen],
  ['granted, about to be paid', purchase(), { ...frozen, grants: 1 }],
  ['failed, about to be given back', failed, frozen],
])('%s adds up', (_name, one, traces) => expect(faultsOf(one, traces, earlier)).toEqual([]));

test.each([
  ['granted and unpaid', purchase(), { ...released, grants: 1 }],
  ['granted and never paid', purchase(), { ...frozen, grants: 1 }],
  ['paid and not granted', purchase(), { ...paid, grants: 0 }],
  ['granted twice', purchase(), { ...paid, grants: 2 }],
  ['granted, and its record was cancelled', purchase(), { ...paid, undone: 100 }],
  ['granted, and a part of its record was undone', purchase(), { ...paid, undone: 1 }],
  ['paid twice', purchase(), { ...paid, records: [-100, -100] }],
  ['paid another price', purchase(), { ...paid, records: [-90] }],
  ['paid for nothing', purchase({ points: 0 }), paid],
  ['failed and granted', failed, { ...nothing, grants: 1 }],
  ['failed and paid', failed, paid],
  ['failed and frozen for ever', failed, frozen],
  ['requested for ever', requested, frozen],
  ['its hold is gone', purchase(), { ...paid, hold: null }],
])('%s does not', (_name, one, traces) => expect(faultsOf(one, traces, now)).not.toEqual([]));

test('what was given back after it failed is compensated', () => {
  expect([
    outcomeOf(purchase(), paid),
    outcomeOf(failed, nothing),
    outcomeOf(failed, released),
    outcomeOf(requested, frozen),
  ]).toEqual(['completed', 'failed', 'compensated', 'requested']);
});
