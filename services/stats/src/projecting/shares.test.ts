import { ownerOf, type Present } from './shares.ts';

const FIGURES = { name: 'figures', counting: 6 };
const BOARDS = { name: 'boards', counting: 6 };
const processes = (...ids: string[]): Present[] =>
  ids.map((_id) => ({ _id, counts: ['figures-6', 'boards-6'] }));
const ownersOf = (present: Present[], own = FIGURES, parts = 4) =>
  Array.from({ length: parts }, (_, partition) => ownerOf(present, own, { partition }));

test('each part belongs to one process, evenly, in whatever order they are seen', () => {
  const owners = ownersOf(processes('a', 'b'));
  expect(owners.filter((one) => one === 'a')).toHaveLength(2);
  expect(owners).toEqual(ownersOf(processes('b', 'a')));
  expect(new Set(ownersOf(processes('a', 'b', 'c')))).toEqual(new Set(['a', 'b', 'c']));
  expect(ownersOf(processes('a'))).toEqual(['a', 'a', 'a', 'a']);
});

test('a process counts by its own rules alone', () => {
  const newer: Present = { _id: 'c', counts: ['figures-7', 'boards-6'] };
  expect(new Set(ownersOf([...processes('a'), newer]))).toEqual(new Set(['a']));
  expect(new Set(ownersOf([...processes('a'), newer], BOARDS))).toEqual(new Set(['a', 'c']));
  expect(ownersOf([newer])).toEqual([null, null, null, null]);
});

test('nobody is there', () => {
  expect(ownerOf([], FIGURES, { partition: 0 })).toBeNull();
});
