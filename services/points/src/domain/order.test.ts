import { Refusal } from '@membership/contracts/errors';
import { categoryOf, discountFor, eventTypes, refundOf, type Order } from './order.ts';

test.each([
  // asked, amount in hundredths, points per unit → points taken, discount
  [100, 20_000, 100, 100, 100],
  [20_000, 20_000, 100, 20_000, 20_000],
  [20_001, 20_000, 100, 20_000, 20_000],
  [500, 101, 100, 101, 101],
  [10, 500, 3, 10, 333],
  [1_000, 1, 3, 1, 1],
  // Points that give no whole cent stay with the member.
  [9, 500, 1_000, 0, 0],
  [19, 500, 1_000, 10, 1],
  [20, 500, 1_000, 20, 2],
  [101, 500, 150, 101, 67],
  [3, 5, 50, 3, 5],
])('%i points for an order of %i at %i a unit: %i points give %i', (asked, amount, rate, points, discount) =>
  expect(discountFor(asked, amount, rate)).toEqual({ points, discount }),
);

test('event types are those of the member system, or a category in capitals', () => {
  const earning = ['login', 'payment', 'community', 'birthday'];
  expect(categoryOf('PURCHASE', earning)).toBe('payment');
  expect(categoryOf('REVIEW', earning)).toBe('community');
  expect(categoryOf('BIRTHDAY', earning)).toBe('birthday');
  expect(categoryOf('REFERRAL', earning)).toBeUndefined();
  expect(categoryOf('CONSTRUCTOR', earning)).toBeUndefined();
  expect(eventTypes(['login', 'birthday'])).toEqual(['PURCHASE', 'LOGIN', 'REFERRAL', 'REVIEW', 'BIRTHDAY']);
});

describe('a refund', () => {
  const once = (points: number) => ({ fingerprint: '', recordId: 1, points });
  const order = (more: Partial<Order> = {}): Order => ({
    ...{ _id: '1:A', tenantId: 1, orderId: 'A', memberId: 1, createdAt: now, updatedAt: now },
    awards: { PURCHASE: once(100), REVIEW: once(7) },
    use: once(10),
    paid: 9_999,
    ...more,
  });
  const now = new Date('2026-02-14T02:00:00Z');
  /** Refunds these amounts one after the other; what each undoes. */
  const refunds = (from: Order, ...amounts: (number | null)[]) => {
    let current = from;
    return amounts.map((amount) => {
      const refund = refundOf(current, amount);
      if (refund instanceof Refusal) return refund.code;
      const { now: part, ...refunded } = refund;
      current = { ...current, refunded };
      return [part.amount, part.earned, part.used, part.isWhole];
    });
  };

  test('of all that is left undoes all that is left, reviews aside', () =>
    expect(refunds(order(), null, null)).toEqual([[9_999, 100, 10, true], 'INVALID_STATE']));

  test('in parts is pro rata of their sum: parts never add up to more or less than the whole', () => {
    expect(refunds(order(), 3_333, 3_333, 3_334, 3_333)).toEqual([
      [3_333, 33, 3, false],
      [3_333, 34, 4, false],
      'CONFLICT',
      [3_333, 33, 3, true],
    ]);
    const cents = refunds(order({ paid: 100 }), ...Array<number>(100).fill(1)) as number[][];
    expect(cents.map(([, earned]) => earned)).toEqual(Array(100).fill(1));
    expect(cents.reduce((sum, [, , used = 0]) => sum + used, 0)).toBe(10);
  });

  test('of an order that nobody told to be paid is whole', () => {
    const { paid: _paid, ...unpaid } = order();
    expect(refunds(unpaid, 1, null)).toEqual(['CONFLICT', [0, 100, 10, true]]);
    expect(refunds(order({ paid: 0 }), null)).toEqual([[0, 100, 10, true]]);
  });
});
