import { runningTotals } from './members-growth.ts';

test('members at the end of each stretch are those of now, less what followed', () => {
  const at = (day: string) => new Date(`${day}T00:00:00Z`);
  const stretches = ['2026-02-01', '2026-02-02'].map((day) => ({ day, from: at(day), until: at(day) }));
  const flows = [
    { membersJoined: 5, membersDeactivated: 1, membersReactivated: 0 },
    { membersJoined: 2, membersDeactivated: 2, membersReactivated: 1 },
    { membersJoined: 1, membersDeactivated: 0, membersReactivated: 1 },
  ];
  expect(
    runningTotals(stretches, flows, { members: 10, active: 9 }).map(({ members, active }) => [
      members,
      active,
    ]),
  ).toEqual([
    [7, 6],
    [9, 7],
  ]);
});
