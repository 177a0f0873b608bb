/** The OpenAPI document as Redocly reads it: structure, and every example against the schema beside it. */
import { join } from 'node:path';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import { PROJECT_DIR } from '../stack/folders.ts';
import { openapiDocument } from './openapi.ts';

const problemsOf = async (source: string): Promise<string[]> => {
  const config = await loadConfig({ configPath: join(PROJECT_DIR, 'redocly.yaml') });
  const problems = await lintFromString({ source, absoluteRef: join(PROJECT_DIR, 'openapi.json'), config });
  return problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer ?? ''}`);
};

test('Redocly finds nothing in the document', async () =>
  expect(await problemsOf(openapiDocument('0').content)).toEqual([]));

test('an example outside its schema is found', async () => {
  const document = JSON.parse(openapiDocument('0').content) as { paths: Record<string, never> };
  const login = document.paths['/api/v1/auth/login/'] as unknown as {
    post: { requestBody: { content: Record<string, { example: object }> } };
  };
  const content = login.post.requestBody.content['application/json'] as { example: object };
  content.example = { username: 1 };
  const paths = { '/api/v1/auth/login/': login };
  const problems = await problemsOf(JSON.stringify({ ...document, paths }));
  expect(problems.filter((one) => one.startsWith('no-invalid-media-type-examples'))).not.toEqual([]);
});
