/** The documents as they are generated: sound, each in one language, and as linters of the field want them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintFromString, loadConfig } from '@redocly/openapi-core';
import { asObject, type Json } from '../api/changes.ts';
import { resolved } from '../api/compare-schemas.ts';
import { ADVICE, breakingChanges, publishedDocuments, publishedFiles } from '../api/published.ts';
import { PROJECT_DIR } from '../stack/folders.ts';
import { asyncapiDocument } from './asyncapi.ts';
import { languageProblems } from './languages.ts';
import { openapiDocument } from './openapi.ts';
import { brokenReferences, openapiProblems } from './problems.ts';
import { missingShapes } from './shapes.ts';

const contents = { en: openapiDocument('0', 'en').content, zh: openapiDocument('0', 'zh').content };
const documents = { en: JSON.parse(contents.en), zh: JSON.parse(contents.zh) } as const;
const asyncapi = asyncapiDocument('0', 'en').content;
const TODAY = new Date().toISOString().slice(0, 10);

test('they refer to nothing that is not there', () => {
  expect(openapiProblems(documents.en)).toEqual([]);
  expect(brokenReferences(JSON.parse(asyncapi))).toEqual([]);
});
test('they come out the same twice', () => {
  expect(openapiDocument('0', 'en').content).toBe(contents.en);
  expect(asyncapiDocument('0', 'en').content).toBe(asyncapi);
});

test('each is in its language alone: every text of the contracts stands there as a pair', () => {
  expect(languageProblems(documents.en, 'en')).toEqual([]);
  expect(languageProblems(documents.zh, 'zh')).toEqual([]);
});

/** Each schema's fields, wherever they stand in a document. */
function* fieldsIn(node: unknown, path = ''): Generator<[string, string, unknown]> {
  if (node === null || typeof node !== 'object') return;
  for (const [name, value] of Object.entries(node)) {
    if (name.startsWith('example')) continue;
    yield [`${path}/${name}`, name, value];
    yield* fieldsIn(value, `${path}/${name}`);
  }
}
test('validators of other languages read it as it is meant: plain patterns, no steps that binary fractions miss, a type for each parameter', () => {
  const fields = [...fieldsIn(documents.en)];
  const patterns = fields.filter(([, name, value]) => name === 'pattern' && typeof value === 'string');
  expect(patterns.length).toBeGreaterThan(20);
  const unportable = /\\[pPXAzZ]|\\u\{|\(\?(?!:|=|!)|\[\[:/;
  for (const [path, , pattern] of patterns) {
    expect([path, unportable.test(pattern as string)]).toEqual([path, false]);
    for (const flags of ['', 'u']) expect(() => new RegExp(pattern as string, flags)).not.toThrow();
  }
  expect(fields.filter(([, name]) => name === 'multipleOf')).toEqual([]);
  const parameters = fields.flatMap(([path, name, value]) =>
    name === 'parameters' && Array.isArray(value) ? value.map((one) => [path, one] as const) : [],
  );
  expect(parameters.length).toBeGreaterThan(300);
  for (const [path, parameter] of parameters) {
    const { schema } = asObject(resolved(asObject(parameter), documents.en)) as { schema?: Json };
    const kinds = Object.keys(asObject(resolved(asObject(schema), documents.en)));
    expect([
      path,
      parameter,
      kinds.some((kind) => ['type', 'anyOf', 'oneOf', 'enum'].includes(kind)),
    ]).toEqual([path, parameter, true]);
  }
});

/** What is left of a document without what may be translated: texts, names of tags, words in examples. */
const structure = (document: unknown): unknown =>
  JSON.parse(
    JSON.stringify(document, (key, value: unknown) =>
      ['description', 'summary', 'title', 'tags', 'x-tagGroups'].includes(key) || key.startsWith('example')
        ? null
        : key === 'x-rules'
          ? (value as unknown[]).length
          : value,
    ),
  );
test('both say the same: nothing but texts and examples differs', () =>
  expect(structure(documents.zh)).toEqual(structure(documents.en)));

test('what no word of JSON Schema says of a request stands there as its refusals say it', () => {
  const rulesOf = (language: 'en' | 'zh') => {
    const { paths } = documents[language];
    const { content } = paths['/api/v1/dead-letters/{service}/replay/'].post.requestBody;
    return content['application/json'].schema['x-rules'];
  };
  expect(rulesOf('en')).toEqual(['Name one of id, type and all']);
  expect(rulesOf('zh')).toEqual(['请指定 id、type 或 all 其中之一']);
});

test('whatever is sent, answered or refused with has an example, of each type that it may have', () => {
  const without: string[] = [];
  for (const [path, item] of Object.entries(asObject(documents.en.paths)))
    for (const [method, operation] of Object.entries(asObject(item))) {
      const { requestBody, responses } = asObject(operation);
      for (const [part, one] of Object.entries({ request: requestBody, ...asObject(responses) })) {
        const content = asObject(resolved(one, documents.en)['content']);
        for (const [type, told] of Object.entries(content))
          if (!('example' in asObject(told) || 'examples' in asObject(told)))
            without.push(`${method} ${path} ${part} ${type}`);
      }
    }
  expect(without).toEqual([]);
});

test('a refusal is shown with the details that it carries', () => {
  const { examples } = documents.en.components;
  const detailsOf = (name: string) => asObject(asObject(examples[name].value['error'])['details']);
  expect(detailsOf('drf.INSUFFICIENT_POINTS')).toEqual({
    required_points: 1000,
    available_points: 800,
    shortage: 200,
  });
  expect(detailsOf('drf.DAILY_LIMIT_EXCEEDED')).toEqual({ daily_limit: 50, earned_today: 50 });
  expect(examples['code.OUT_OF_STOCK'].value.data).toEqual({ requested: 2, available_stock: 1 });
});
test('headers stand on refusals, too: who one is, when to come again, what is left', () => {
  const { post } = asObject(asObject(documents.en.paths)['/api/v1/points/profiles/{id}/spend_points/']);
  const { responses } = asObject(post);
  const headers = (status: string) =>
    Object.keys(asObject(asObject(resolved(asObject(responses)[status], documents.en))['headers']));
  const limits = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
  expect(headers('200')).toEqual(['X-Request-ID', ...limits, 'Idempotent-Replayed']);
  expect(headers('401')).toEqual(['X-Request-ID', ...limits, 'WWW-Authenticate']);
  expect(headers('409')).toEqual(['X-Request-ID', ...limits]);
  for (const status of ['429', '503'])
    expect(headers(status)).toEqual(['X-Request-ID', ...limits, 'Retry-After']);
});

test('tags have a place in a group, in the order of the groups', () => {
  for (const document of [documents.en, documents.zh]) {
    const names = (document.tags as { name: string }[]).map(({ name }) => name);
    expect((document['x-tagGroups'] as { tags: string[] }[]).flatMap(({ tags }) => tags)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('nothing breaks what was published: who calls the API or hears its events goes on without a change', () => {
  const published = { openapi: documents.en, asyncapi: JSON.parse(asyncapi) as Json };
  const broken = breakingChanges(published, TODAY);
  if (broken.length > 0)
    throw new Error(`${broken.map(({ where, what }) => `${where} ${what}`).join('\n')}\n${ADVICE}`);
});

test('every endpoint and event is promised, each with its codes and fields', () => {
  const promised = publishedDocuments();
  const whole = { openapi: documents.en as Json, asyncapi: JSON.parse(asyncapi) as Json };
  expect(publishedFiles(promised)).toEqual(publishedFiles(whole));
  const spend = '/api/v1/points/profiles/{id}/spend_points/';
  const changed = structuredClone(whole);
  const paths = asObject(changed.openapi['paths']);
  delete paths['/api/v1/stats/export/'];
  delete asObject(asObject(asObject(paths[spend])['post'])['responses'])['409'];
  delete asObject(asObject(changed.asyncapi['components'])['messages'])['points.earned.v1'];
  const broken = breakingChanges(changed, TODAY).map(({ where, what }) => `${where} ${what}`);
  expect(broken).toEqual(
    expect.arrayContaining([
      'GET /api/v1/stats/export/ is gone',
      `POST ${spend} no longer refuses with INSUFFICIENT_POINTS`,
      'EVENT points.earned.v1 is gone',
    ]),
  );
});

type SeedExample = {
  document: string;
  operation: string;
  part: 'request' | 'answer' | 'refusal';
  value: Json;
};
const seedExamples = JSON.parse(
  readFileSync(join(PROJECT_DIR, 'tools/docs/seed-examples.json'), 'utf8'),
) as SeedExample[];
/** The schema of a part of an operation; of refusals that of any. */
function schemaOf({ operation, part, value }: SeedExample): unknown {
  const [method, path] = operation.split(' ') as [string, string];
  const item = asObject(
    asObject(documents.en.paths)[path] ?? asObject(documents.en.paths)[path.slice(0, -1)],
  );
  const declared = asObject(item[method.toLowerCase()]);
  const json = (content: unknown) =>
    asObject(asObject(asObject(content)['content'])['application/json'])['schema'];
  if (part === 'request') return json(declared['requestBody']);
  const statuses = Object.entries(asObject(declared['responses']));
  const [, found] = statuses.find(([status]) => status.startsWith(part === 'answer' ? '2' : '4')) ?? [];
  expect([operation, part, value, found]).toEqual([operation, part, value, expect.anything()]);
  return json(resolved(found, documents.en));
}
test('every example of the documents that the API was agreed on is in the shapes of this one', () => {
  expect(seedExamples.length).toBeGreaterThan(60);
  const problems = seedExamples.flatMap((one) => {
    const schema = schemaOf(one);
    const isSent = one.part === 'request';
    const missing =
      schema === undefined ? ['has no schema'] : missingShapes(one.value, schema, documents.en, { isSent });
    return missing.map((what) => `${one.document} ${one.operation} ${one.part}: ${what}`);
  });
  expect(problems).toEqual([]);
});

const lint = async (source: string): Promise<string[]> => {
  const config = await loadConfig({ configPath: join(PROJECT_DIR, 'redocly.yaml') });
  const problems = await lintFromString({ source, absoluteRef: join(PROJECT_DIR, 'openapi.json'), config });
  return problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer ?? ''}`);
};
test.each(['en', 'zh'] as const)(
  'Redocly finds nothing in %s, examples outside their schemas included',
  async (language) => {
    expect(await lint(contents[language])).toEqual([]);
    const { paths, ...rest } = structuredClone(documents[language]);
    const path = '/api/v1/auth/login/';
    paths[path].post.requestBody.content['application/json'].example = { username: 1 };
    const problems = await lint(JSON.stringify({ ...rest, paths: { [path]: paths[path] } }));
    expect(problems.filter((one) => !one.startsWith('no-unused'))).toEqual([
      expect.stringContaining('no-invalid-media-type-examples'),
      expect.stringContaining('no-invalid-media-type-examples'),
    ]);
  },
);
