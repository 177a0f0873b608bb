import { clientTypes } from './client-types.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const Problem = { $ref: '#/components/schemas/Problem' };
const document = {
  paths: {
    '/things/': {
      get: {
        operationId: 'listThings',
        summary: 'All of them',
        parameters: [
          { $ref: '#/components/parameters/Language' },
          { name: 'page', in: 'query', description: 'From 1', schema: { type: 'integer' } },
        ],
        responses: { 200: json({ type: 'array', items: { type: 'string' } }), 404: json(Problem) },
      },
      post: {
        operationId: 'makeThing',
        requestBody: { required: true, ...json({ type: 'object', properties: { a: { type: 'string' } } }) },
        responses: { 201: { $ref: '#/components/responses/Made' }, 400: json(Problem), 409: json(Problem) },
      },
    },
    '/things/{id}/': {
      delete: {
        operationId: 'removeThing',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'at', in: 'query', required: true, schema: { type: 'string' } },
        ],
        requestBody: json({ type: 'object', additionalProperties: false }),
        responses: { 204: {}, 400: json(Problem), 401: json({ const: 'no' }) },
      },
    },
  },
  components: {
    schemas: { Problem: { description: 'What is wrong', type: 'string' }, 'a.b': { const: 1 } },
    parameters: { Language: { name: 'Accept-Language', in: 'header', schema: { type: 'string' } } },
    responses: { Made: json({ type: 'integer' }) },
  },
};
const typesOf = (one: unknown) => clientTypes({ path: 'openapi.json', content: JSON.stringify(one) });

test('paths by method, operations by id with what they take and answer, shared schemas by name', () => {
  const { path, content } = typesOf(document);
  expect(path).toBe('libs/client/src/api.generated.ts');
  expect(content).toBe(`// Generated from the OpenAPI document by npm run docs; do not edit.

/** What each path takes and answers, by method. */
export interface paths {
  "/things/": { get: operations["listThings"]; post: operations["makeThing"] };
  "/things/{id}/": { delete: operations["removeThing"] };
}

/** What each operation takes and answers, by its id in the OpenAPI document. */
export interface operations {
  /** All of them */
  listThings: {
    parameters: {
      query?: {
        /** From 1 */
        page?: number;
      };
    };
    responses: {
      200: { content: {
        "application/json": string[];
      } };
      default: { content: { "application/json": Problem } };
    };
  };
  makeThing: {
    parameters: {};
    requestBody: { content: {
      "application/json": {
        a?: string;
      };
    } };
    responses: {
      201: { content: {
        "application/json": number;
      } };
      default: { content: { "application/json": Problem } };
    };
  };
  removeThing: {
    parameters: {
      path: {
        id: number;
      };
      query: {
        at: string;
      };
    };
    requestBody?: { content: {
      "application/json": {};
    } };
    responses: {
      204: { content?: never };
      default: { content: { "application/json": Problem | "no" } };
    };
  };
}

/** What is wrong */
export type Problem = string;

export type a_b = 1;
`);
});

test('a reference that leads nowhere stops the generator', () => {
  const { components, ...rest } = document;
  const without = { ...rest, components: { ...components, responses: {} } };
  expect(() => typesOf(without)).toThrow('#/components/responses/Made leads nowhere');
});
