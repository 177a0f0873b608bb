import { pageOf } from './page-of.ts';

const items = [
  { _id: 3, name: 'b', at: new Date(2) },
  { _id: 1, name: 'a', at: new Date(1) },
  { _id: 2, name: 'b', at: new Date(1) },
];
const ids = (page: { items: { _id: number }[] }) => page.items.map(({ _id }) => _id);

test('a page is cut out of the whole in its order; ties go on to the next field', () => {
  const sort = { name: -1, _id: 1 } as const;
  expect(ids(pageOf(items, { page: 1, size: 2, sort }))).toEqual([2, 3]);
  expect(ids(pageOf(items, { page: 2, size: 2, sort }))).toEqual([1]);
  expect(pageOf(items, { page: 3, size: 2, sort })).toEqual({ items: [], count: 3, isEstimate: false });
});

test('moments are compared as such, and the list that was given stays as it is', () => {
  expect(ids(pageOf(items, { page: 1, size: 3, sort: { at: 1, _id: -1 } }))).toEqual([2, 1, 3]);
  expect(items.map(({ _id }) => _id)).toEqual([3, 1, 2]);
});
