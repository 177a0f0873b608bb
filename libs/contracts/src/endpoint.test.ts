import { mayCall, scopeOf } from './endpoint.ts';

test.each([
  [['public'], 'anonymous', true],
  [['member'], 'anonymous', false],
  [['member'], 'member', true],
  [['member'], 'super', true],
  [['admin'], 'member', false],
  [['admin'], 'admin', true],
  [['super'], 'admin', false],
  [['member'], 'internal', false],
  [['internal'], 'internal', true],
  [['internal'], 'super', false],
  [['admin', 'internal'], 'internal', true],
  [['admin', 'internal'], 'member', false],
  [['public'], 'internal', true],
] as const)('%j called by %s: %s', (access, role, may) => expect(mayCall(access, role)).toBe(may));
test('a scope is the service’s reading or writing unless it is said', () => {
  expect(scopeOf({ service: 'points', method: 'get' })).toBe('points:read');
  expect(scopeOf({ service: 'points', method: 'patch' })).toBe('points:write');
  expect(scopeOf({ service: 'points', method: 'post', scope: 'special' })).toBe('special');
});
