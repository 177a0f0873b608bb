import { churnOf, monthsUpTo } from './churn.ts';

test('months end with that of the day, across a year and a change of clocks', () => {
  expect(monthsUpTo('2026-04-15', 3, 'Europe/Berlin')).toEqual([
    { month: '2026-02', from: new Date('2026-01-31T23:00:00Z') },
    { month: '2026-03', from: new Date('2026-02-28T23:00:00Z') },
    { month: '2026-04', from: new Date('2026-03-31T22:00:00Z') },
  ]);
  expect(monthsUpTo('2026-01-31', 2, 'Asia/Kolkata').map(({ month }) => month)).toEqual([
    '2025-12',
    '2026-01',
  ]);
});

test('who held a tag is counted back from now', () => {
  const months = monthsUpTo('2026-02-10', 2, 'UTC');
  const changes = [
    { gained: 5, lost: 1 },
    { gained: 0, lost: 3 },
    { gained: 2, lost: 0 },
  ];
  expect(churnOf(months, changes, 10)).toEqual([
    { month: '2026-01', heldAtStart: 7, gained: 5, lost: 1, heldAtEnd: 11 },
    { month: '2026-02', heldAtStart: 11, gained: 0, lost: 3, heldAtEnd: 8 },
  ]);
  expect(churnOf(months, [], 4)[0]).toMatchObject({ heldAtStart: 4, heldAtEnd: 4 });
});
