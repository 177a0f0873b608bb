import { z } from 'zod';
import type { Endpoint } from '@membership/contracts/endpoint';
import type { Refusal } from '@membership/contracts/errors';
import { parseParts, urlOf } from './request-parts.ts';

const BASE = 'http://gateway.test';
const search = (target: string) => urlOf(target, BASE).searchParams.get('search');
const refusalOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    const refusal = error as Refusal;
    return [refusal.status, Object.keys(refusal.details('en') ?? {})];
  }
};
/** As Node hands it over: byte by byte. */
const raw = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

test.each([
  ['/a/?search=%E5%BC%A0', '张'],
  [raw('/a/?search=张三'), '张三'],
  ['/a/?search=a+b%2Bc', 'a b+c'],
  ['/a/?search=100%', '100%'],
  ['/a/?search=%zz', '%zz'],
  ['/a/?search=%EF%BF%BD', '\uFFFD'],
])('the query of %j', (target, value) => expect(search(target)).toBe(value));

test.each([
  ['/a/?search=%ff', ['search']],
  ['/a/?search=ok&search=%E5%BC', ['search']],
  ['/a/?%ff=1', ['query']],
  ['/a/?search=%ED%A0%80', ['search']],
  ['/a/?search=%C0%80', ['search']],
  ['/a/?search=\xd5\xc5', ['query']],
])('%j is no UTF-8: 400 that says where', (target, fields) =>
  expect(refusalOf(() => urlOf(target, BASE))).toEqual([400, fields]),
);

test('a body of `null` is none that was left out', () => {
  const endpoint = {
    kind: 'object',
    body: z.strictObject({ reason: z.string().optional() }),
  } as unknown as Endpoint;
  const parse = (body: unknown) => parseParts(endpoint, new URL(BASE).searchParams, body).body;
  expect(parse(undefined)).toEqual({});
  expect(refusalOf(() => parse(null))).toEqual([400, ['body']]);
});
