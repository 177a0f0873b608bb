import { delayName, topologyNames } from './topology.ts';

test('names are those of the spec', () => {
  const names = topologyNames('points');
  expect(names).toMatchObject({
    exchange: 'domain.events',
    log: 'domain.events.log',
    events: 'points.events',
    dead: 'points.events.dead',
  });
  expect(names.retries.map(({ queue }) => queue)).toEqual([
    'points.events.retry.1s',
    'points.events.retry.10s',
    'points.events.retry.1m',
    'points.events.retry.10m',
  ]);
});

test('a prefix goes before every name, and another delay makes another queue', () => {
  const names = topologyNames('vip', 'test.', [250, 90_000]);
  expect(names.exchange).toBe('test.domain.events');
  expect(names.queues).toEqual([
    'test.vip.events',
    'test.vip.events.retry.250ms',
    'test.vip.events.retry.90s',
    'test.vip.events.dead',
    'test.domain.events.log',
  ]);
});

test.each([
  [1, '1ms'],
  [1_500, '1500ms'],
  [1_000, '1s'],
  [60_000, '1m'],
  [3_600_000, '60m'],
])('%d ms is called %s', (milliseconds, name) => {
  expect(delayName(milliseconds)).toBe(name);
});
