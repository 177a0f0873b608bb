/** Every administrative act is told of: each writing endpoint of administrators says by what. */
import { administrativeActs } from './administrative-acts.ts';
import { allEndpoints } from './endpoints/index.ts';
import { eventsByType } from './events/index.ts';

const administrative = allEndpoints.filter(
  ({ method, access }) => method !== 'get' && (access.includes('admin') || access.includes('super')),
);

test('each writing endpoint of administrators names its facts, or why it has none', () =>
  expect(administrative.map(({ name }) => name).sort()).toEqual(Object.keys(administrativeActs).sort()));

test('the facts that are named are those of the endpoint’s own service', () => {
  const wrong = administrative.flatMap(({ name, service }) => {
    const told = administrativeActs[name];
    return Array.isArray(told)
      ? told
          .filter((type) => eventsByType.get(`${type}.v1`)?.producer !== service)
          .map((type) => [name, type])
      : [];
  });
  expect(wrong).toEqual([]);
});
