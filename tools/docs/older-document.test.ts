/** What the page gives Swagger UI: the document in the words of OpenAPI 3.0, with nothing lost that it shows. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { Json } from '../api/changes.ts';
import { PROJECT_DIR } from '../stack/folders.ts';
import { openapiDocument } from './openapi.ts';

const script = join(PROJECT_DIR, 'services/gateway/src/pages/browser/older.js');
const { older, olderDocument } = (await import(pathToFileURL(script).href)) as {
  older: (schema: unknown, typeAt?: (ref: string) => string) => unknown;
  olderDocument: (document: Json) => Json;
};

test('the whole document is one of OpenAPI 3.0', async () => {
  const source = JSON.stringify(olderDocument(JSON.parse(openapiDocument('0', 'zh').content)));
  const config = await createConfig({ rules: { struct: 'error', 'no-unresolved-refs': 'error' } });
  const problems = await lintFromString({ source, absoluteRef: join(PROJECT_DIR, 'older.json'), config });
  expect(problems.map(({ message, location: [at] }) => `${message} ${at?.pointer ?? ''}`)).toEqual([]);
});

test.each([
  [{ type: 'null' }, { type: 'object', enum: [null], nullable: true }],
  [
    { type: ['string', 'null'], maxLength: 5 },
    { type: 'string', nullable: true, maxLength: 5 },
  ],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'integer', nullable: true }],
  [
    { description: 'a', anyOf: [{ $ref: '#/x' }, { type: 'null' }] },
    { description: 'a', allOf: [{ $ref: '#/x' }], type: 'string', nullable: true },
  ],
  [
    { type: 'string', const: 'a' },
    { type: 'string', enum: ['a'] },
  ],
  [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'number', minimum: 0, exclusiveMinimum: true },
  ],
  [{ type: 'object', propertyNames: { pattern: 'a' } }, { type: 'object' }],
])('%j', (schema, expected) => expect(older(schema, () => 'string')).toEqual(expected));

test('what is data stays as it is, and a field may be called as a word of a schema is', () => {
  const example = { type: ['a', 'null'], const: 1 };
  expect(older({ example, properties: { type: { type: 'string' }, const: { type: 'integer' } } })).toEqual({
    example,
    properties: { type: { type: 'string' }, const: { type: 'integer' } },
  });
});
