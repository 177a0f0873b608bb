import { brokenReferences, openapiProblems } from './problems.ts';

const operation = { operationId: 'show', parameters: [{ in: 'path', name: 'id' }], responses: { 200: {} } };

test('a reference that leads nowhere is found, escaped ones too', () => {
  expect(brokenReferences({ 'a/b': 1, here: { $ref: '#/a~1b' } })).toEqual([]);
  expect(brokenReferences({ here: [{ $ref: '#/components/x' }, { $ref: 'other.json' }] })).toEqual([
    '#/components/x leads nowhere',
    'other.json leads nowhere',
  ]);
});
test('an id used twice, a parameter that is not declared and a missing success are found', () => {
  expect(openapiProblems({ paths: { '/a/{id}/': { get: operation } } })).toEqual([]);
  expect(
    openapiProblems({
      paths: { '/a/{id}/': { get: operation }, '/b/': { get: { ...operation, responses: { 404: {} } } } },
    }),
  ).toEqual([
    'GET /b/: its operationId is missing or taken',
    'GET /b/: its path has no parameter, its parameters are id',
    'GET /b/: no success is described',
  ]);
});
