import { memberLevelChanged } from '@membership/contracts/events/member-system';
import { orderCompleted, orderRefunded } from '@membership/contracts/events/orders';
import { levelChanged, pointsEarned, pointsReversed, pointsSpent } from '@membership/contracts/events/points';
import type { EventDefinition } from '@membership/contracts/event';
import { withCauses } from './with-causes.ts';
import type { Fact } from './changes.ts';

const request = {} as Fact['scope'];
const fact = (
  event: EventDefinition,
  { subject = 7, scope = request, reason = null as string | null } = {},
): Fact => ({
  scope,
  event,
  announcement: { subject, sequence: 1, data: { reason } as never },
});
/** Of each fact, the type of the one that it names as its cause. */
function causesOf(...facts: readonly Fact[]): (string | null)[] {
  const told = withCauses(facts);
  expect(told.map(({ event }) => event.type)).toEqual(facts.map(({ event }) => event.type));
  return told.map(({ announcement: { causedBy } }) =>
    causedBy === undefined
      ? null
      : (told.find(({ announcement }) => announcement.id === causedBy)?.event.type ?? 'unknown'),
  );
}

describe('facts of one command name their cause', () => {
  test('an order its points, its points the level, the order the member level', () => {
    expect(
      causesOf(
        fact(pointsEarned),
        fact(levelChanged, { reason: 'points' }),
        fact(orderCompleted),
        fact(memberLevelChanged, { reason: 'spending' }),
      ),
    ).toEqual([orderCompleted.type, pointsEarned.type, null, orderCompleted.type]);
    expect(
      causesOf(fact(pointsReversed), fact(orderRefunded), fact(memberLevelChanged, { reason: 'spending' })),
    ).toEqual([orderRefunded.type, null, orderRefunded.type]);
  });

  test('not what comes of itself, of another member or of another request', () => {
    expect(causesOf(fact(pointsSpent), fact(levelChanged, { reason: 'review' }))).toEqual([null, null]);
    expect(causesOf(fact(pointsEarned), fact(orderCompleted, { subject: 8 }))).toEqual([null, null]);
    expect(causesOf(fact(pointsEarned), fact(orderCompleted, { scope: {} as Fact['scope'] }))).toEqual([
      null,
      null,
    ]);
    expect(causesOf(fact(pointsEarned), fact(pointsEarned))).toEqual([null, null]);
  });
});
