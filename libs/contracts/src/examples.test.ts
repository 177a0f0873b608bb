/** What holds for every endpoint of the platform, read from the contracts: a new one is covered by itself. */
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints/index.ts';
import { errors } from './errors.ts';
import { exampleOf } from './examples.ts';
import { RouteTable } from './routes.ts';

const problems = (result: z.ZodSafeParseResult<unknown>): string[] =>
  result.success
    ? []
    : result.error.issues.map(
        (issue) => `${issue.path.join('.') || 'it'}: ${issue.message.split('\u0001').at(-1)}`,
      );
const cases = (which: (one: Endpoint) => boolean): [string, Endpoint][] =>
  allEndpoints.filter(which).map((one) => [one.name, one]);

test('operation ids are unique', () => {
  const names = allEndpoints.map((one) => one.name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('no two endpoints share a method and a path', () => {
  expect(() => new RouteTable(allEndpoints)).not.toThrow();
});

describe.each(cases(() => true))('%s', (_name, one) => {
  test('is declared whole', () => {
    const inPath = [...one.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const inParams = one.params instanceof z.ZodObject ? Object.keys(one.params.shape) : [];
    expect(new Set(inParams)).toEqual(new Set(inPath));
    expect(one.path).toMatch(
      /^\/(api\/v1\/([\w.:-]+\/)*([\w.:-]+\/|[\w-]+\.json|[\w-]+(\/[\w:-]+)*)|\.well-known\/[\w.-]+)$/,
    );
    expect((one.refusals ?? []).filter((code) => !(code in errors))).toEqual([]);
    if (one.kind !== 'empty' && one.kind !== 'stream') expect(one.response).toBeDefined();
    expect([one.summary.zh, one.summary.en].filter((text) => text.trim() === '')).toEqual([]);
  });
});

describe.each(cases((one) => one.examples !== undefined && 'request' in one.examples))('%s', (_name, one) => {
  test('its example of a request is one that it takes', () => {
    expect(one.body).toBeDefined();
    expect(problems((one.body as z.ZodType).safeParse(one.examples?.request))).toEqual([]);
  });
});

describe.each(cases((one) => exampleOf(one) !== undefined && one.response !== undefined))(
  '%s',
  (_name, one) => {
    test('its example of an answer is one that it gives', () => {
      for (const thing of exampleOf(one)?.things ?? [])
        expect(problems((one.response as z.ZodType).safeParse(thing))).toEqual([]);
    });
  },
);
