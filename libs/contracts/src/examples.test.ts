/** What holds for every endpoint of the platform, read from the contracts: a new one is covered by itself. */
import { deprecationProblems } from './deprecation.ts';
import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { allEndpoints } from './endpoints/index.ts';
import { errors } from './errors.ts';
import { exampleOf, requestExampleOf } from './examples.ts';
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
    const paths = allEndpoints.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'));
    if (one.deprecated) expect(deprecationProblems(one.deprecated, paths)).toEqual([]);
    expect((one.refusals ?? []).filter((code) => !(code in errors))).toEqual([]);
    if (one.kind !== 'empty' && one.kind !== 'stream') expect(one.response).toBeDefined();
    expect([one.summary.zh, one.summary.en].filter((text) => text.trim() === '')).toEqual([]);
  });
});

const example = (one: Endpoint): Example | undefined => one.examples;
type Example = NonNullable<Endpoint['examples']>;
const takesBody = (one: Endpoint): boolean => one.body !== undefined || one.accepts !== undefined;

test.each(cases(takesBody))('%s shows what to send', (name, one) => {
  const request = requestExampleOf(one);
  if (!request) throw new Error(`${name}: give an example of its body in examples.request`);
  if (one.acceptsJson === false) return expect(request.value).toEqual(expect.any(String));
  expect(problems((one.body as z.ZodType).safeParse(request.value))).toEqual([]);
});
test.each(cases((one) => !takesBody(one) && example(one) !== undefined))(
  '%s has no body, so it shows none',
  (_name, one) => expect(example(one)).not.toHaveProperty('request'),
);

test.each(cases((one) => one.others !== undefined))(
  '%s shows its answers of another standard',
  (_name, one) => {
    for (const { schema, example: shown } of Object.values(one.others ?? {}))
      expect(problems(schema.safeParse(shown))).toEqual([]);
  },
);

test.each(cases((one) => one.kind !== 'empty' && one.response !== undefined))(
  '%s shows what it answers',
  (name, one) => {
    const things = exampleOf(one)?.things ?? [];
    if (things.length === 0)
      throw new Error(
        `${name}: give an example of its answer in examples.response: the thing, or one item of a list, without envelope`,
      );
    for (const thing of things) expect(problems((one.response as z.ZodType).safeParse(thing))).toEqual([]);
  },
);

/** Numbers among the fields of a body, as they stand in the document. */
const numbersOf = ({ body }: Endpoint) =>
  body instanceof z.ZodObject
    ? Object.entries(body.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
        const { type, minimum, maximum } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
        const ends = [minimum, maximum].filter((end) => end !== undefined);
        return type === 'number' || type === 'integer' ? [{ name, field, ends }] : [];
      })
    : [];
test('the least and the greatest that a number may be are taken', () => {
  const bounded = allEndpoints.flatMap((one) =>
    numbersOf(one).flatMap(({ name, field, ends }) =>
      ends.map((end) => [`${one.name}.${name}: ${end}`, field.safeParse(end).success] as const),
    ),
  );
  expect(bounded.length).toBeGreaterThan(40);
  expect(bounded.filter(([, isTaken]) => !isTaken)).toEqual([]);
});

test('who sends the examples as they are changes no password of the demo', () => {
  const sent = allEndpoints
    .filter(({ body }) => body instanceof z.ZodObject && 'old_password' in body.shape)
    .map((one) => JSON.stringify(requestExampleOf(one)));
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.filter((example) => example.includes('demo-pass'))).toEqual([]);
});
