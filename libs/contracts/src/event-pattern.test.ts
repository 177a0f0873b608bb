import { EVENT_PATTERN, matchesEventPattern } from './event-pattern.ts';
import { allEvents } from './events/index.ts';

test.each([
  ['*', 'points.earned.v1', true],
  ['points.*', 'points.earned.v1', true],
  ['points.*', 'points_settings.updated.v1', false],
  ['points.earned.*', 'points.earned.v2', true],
  ['points.earned.v1', 'points.earned.v1', true],
  ['points.earned.v1', 'points.earned.v10', false],
  ['points.earned', 'points.earned.v1', false],
  ['*.created.v1', 'member.created.v1', true],
  ['*.created.*', 'member.updated.v1', false],
  ['*.*.*', 'member.updated.v1', true],
])('%s takes %s: %s', (pattern, type, takes) => expect(matchesEventPattern(pattern, type)).toBe(takes));

test('every type of the platform is a pattern of its own', () => {
  for (const { type } of allEvents)
    expect([type, EVENT_PATTERN.test(type), matchesEventPattern(type, type)]).toEqual([type, true, true]);
});

test.each(['', '.', 'points.', 'Points.earned', 'points.ear*', '#', 'a.b.c.d', 'points.earned.v0', '$where'])(
  '%j is no pattern',
  (text) => expect(EVENT_PATTERN.test(text)).toBe(false),
);
