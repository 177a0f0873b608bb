/** What the served document lets a caller send is what the contracts take, no less and no more; what it may answer is said. */
import { z } from 'zod';
import type { Endpoint } from '@membership/contracts/endpoint';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { asList, asObject, type Json } from '../api/changes.ts';
import { resolved } from '../api/compare-schemas.ts';
import { openapiDocument } from './openapi.ts';

const document = JSON.parse(openapiDocument('0', 'en').content) as Json;
const at = (node: unknown): Json => asObject(resolved(asObject(node), document));
const inside = (node: unknown, ...path: readonly string[]): Json =>
  path.reduce<Json>((found, step) => at(found[step]), at(node));

const operations = new Map(
  Object.values(asObject(document['paths']))
    .flatMap((item) => Object.values(asObject(item)).map(at))
    .map((one) => [one['operationId'], one]),
);
const operation = (name: string): Json => {
  const found = operations.get(name);
  if (!found) throw new Error(`the document has no ${name}`);
  return found;
};
const bodyOf = (name: string, type = 'application/json'): Json =>
  inside(operation(name), 'requestBody', 'content', type, 'schema');
const parameterOf = (name: string, parameter: string): Json =>
  inside(
    asList(operation(name)['parameters'])
      .map(at)
      .find((one) => one['name'] === parameter),
    'schema',
  );

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  number: Number.isFinite,
  integer: Number.isInteger,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
};
/** Whether a schema of the document lets a number, a truth or a word pass. */
function passes(given: unknown, value: number | boolean | string): boolean {
  const schema = at(given);
  const { type, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as {
    readonly [Name in 'type' | 'pattern']?: string;
  } & { readonly [Name in `${'' | 'exclusive'}${'M' | 'm'}${'in' | 'ax'}imum`]?: number };
  const either = [schema['anyOf'], schema['oneOf']].filter(Array.isArray);
  return (
    either.every((schemas) => schemas.some((one) => passes(one, value))) &&
    asList(schema['allOf']).every((one) => passes(one, value)) &&
    (!('enum' in schema) || asList(schema['enum']).includes(value)) &&
    (!('const' in schema) || schema['const'] === value) &&
    (type === undefined || TYPES[type]?.(value) === true) &&
    (typeof value !== 'string' || pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
    (typeof value !== 'number' ||
      (value >= (minimum ?? -Infinity) &&
        value <= (maximum ?? Infinity) &&
        value > (exclusiveMinimum ?? -Infinity) &&
        value < (exclusiveMaximum ?? Infinity)))
  );
}
const fieldsOf = (object: unknown): [string, z.ZodType][] =>
  object instanceof z.ZodObject ? Object.entries(object.shape as Record<string, z.ZodType>) : [];
const documented = allEndpoints.filter(({ name }) => operations.has(name));
/** Where the document and the contract say otherwise of a value. */
const differences = (where: string, said: Json, field: z.ZodType, probes: readonly unknown[]): string[] =>
  probes
    .filter((probe) => passes(said, probe as never) !== field.safeParse(probe).success)
    .map((probe) => `${where}: ${JSON.stringify(probe)}, in the document ${JSON.stringify(said)}`);

test('a number is taken between its ends in the document, and refused beside them, as is what is none', () => {
  const numbers = (one: Endpoint) =>
    fieldsOf(one.body).map(([name, field]) => {
      const said = inside(bodyOf(one.name), 'properties', name);
      const ends = JSON.stringify(said).match(/(?<="(?:exclusiveM|m)(?:in|ax)imum":)-?[\d.]+/g) ?? [];
      return { where: `${one.name}.${name}`, said, field, ends: ends.map(Number) };
    });
  const fields = documented.flatMap(numbers);
  expect(fields.flatMap(({ ends }) => ends).length).toBeGreaterThan(150);
  const all = [-(2 ** 53), -1, 0, 0.5, 1, 1e15, 2 ** 53, true];
  expect(
    fields.flatMap(({ where, said, field, ends }) =>
      differences(where, said, field, [...all, ...ends.flatMap((end) => [end - 1, end, end + 1])]),
    ),
  ).toEqual([]);
});

test('what may be asked for by name is told by name: orders, figures, types', () => {
  const named = documented.flatMap((one) =>
    fieldsOf(one.query).flatMap(([name, field]) => {
      const said = parameterOf(one.name, name);
      const isNamed = 'enum' in said || ['ordering', 'metrics'].includes(name);
      return isNamed ? [{ where: `${one.name}.${name}`, said, field }] : [];
    }),
  );
  expect(named.length).toBeGreaterThan(60);
  const probes = (said: Json) => ['nothing_like_it', '', ...asList(said['enum']), said['default'] ?? 'a,b'];
  expect(named.flatMap(({ where, said, field }) => differences(where, said, field, probes(said)))).toEqual(
    [],
  );
  expect(parameterOf('getMemberStatistics', 'metrics')['pattern']).toContain('revenue');
  expect(parameterOf('listPointsTransactions', 'type')['enum']).toContain('EARN');
  const types = asList(
    inside(bodyOf('createWebhookEndpoint'), 'properties', 'event_types', 'items')['anyOf'],
  );
  expect(types.flatMap((one) => asList(at(one)['enum']))).toEqual(
    expect.arrayContaining(['*', 'points.*', 'points.earned.v1']),
  );
});

test('amounts of orders are above nothing, a tenant’s code is no number, modifiers of tags have their types', () => {
  const amount = inside(bodyOf('useMemberPoints'), 'properties', 'order_amount');
  expect([amount['exclusiveMinimum'], passes(amount, 0), passes(amount, 0.01)]).toEqual([0, false, true]);
  const code = inside(bodyOf('createTenant'), 'properties', 'code');
  expect(['1234', 'a1', '1a', '1-'].map((text) => passes(code, text))).toEqual([false, true, true, true]);
  const { permission_modifiers, quota_modifiers } = asObject(bodyOf('defineTag')['properties']);
  expect(inside(permission_modifiers, 'additionalProperties')).toEqual({ type: 'boolean' });
  expect(inside(quota_modifiers, 'additionalProperties')['type']).toBe('number');
});

test('tokens of clients are asked for by a form that must be there, and refused as their standard has it', () => {
  const token = operation('issueServiceToken');
  expect(at(token['requestBody'])['required']).toBe(true);
  for (const type of ['application/json', 'application/x-www-form-urlencoded'])
    expect(bodyOf('issueServiceToken', type)).toMatchObject({ type: 'object', required: ['grant_type'] });
  const answer = (status: string) =>
    inside(token, 'responses', status, 'content', 'application/json', 'schema');
  expect(Object.keys(asObject(answer('200')['properties']))).toContain('access_token');
  for (const status of ['400', '401', '429']) {
    const [bare] = [...asList(answer(status)['anyOf']), answer(status)];
    expect(Object.keys(asObject(at(bare)['properties']))).toEqual(['error', 'error_description']);
  }
});

test('whoever is no member of the tenant, and what is not there, is answered as the document says: 404', () => {
  const lacking = documented
    .filter(({ path }) => path.includes(':'))
    .map(({ name }) => name)
    .concat('redeemPoints', 'useMemberPoints', 'earnMemberPoints', 'useBenefit', 'setMemberLevel')
    .concat('listActivities', 'listAvailableBenefits', 'listPointsTransactions', 'getMemberProfile')
    .filter((name) => !('404' in asObject(operation(name)['responses'])));
  expect(lacking).toEqual([]);
});
