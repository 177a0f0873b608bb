import { z } from 'zod';
import { countingParameters, mayCall, scopeOf } from './endpoint.ts';

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

describe('parameters that count', () => {
  const open = { access: ['public'], method: 'get', kind: 'stream' } as const;
  test.each([
    ['public reads without a query pass over all', { ...open, query: undefined }, []],
    [
      'with a plain one over those that it does not name',
      { ...open, query: z.object({ lang: z.string() }) },
      ['lang'],
    ],
    [
      'a strict one names what there is',
      { ...open, query: z.strictObject({ tenant: z.string() }) },
      undefined,
    ],
    ['so do lists', { ...open, kind: 'list', query: undefined }, undefined],
    ['writes', { ...open, method: 'post', query: undefined }, undefined],
    ['and what needs a token', { ...open, access: ['member'], query: undefined }, undefined],
  ] as const)('%s', (_what, one, expected) => expect(countingParameters(one)).toEqual(expected));
});
