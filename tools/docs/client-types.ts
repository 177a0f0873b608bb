/** libs/client/src/api.generated.ts: the types of every request and answer, as openapi-fetch reads them. */
import { METHODS } from '../api/changes.ts';
import { comment, membersOf, typeName, typeOf } from './typescript-type.ts';
import type { GeneratedFile } from './text-file.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: JsonSchema;
};
type Response = { readonly content?: Content };
type Operation = {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content };
  readonly responses: Readonly<Record<string, Response>>;
};
type OpenapiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
};

/** The components' own entry where there is a reference to it. */
function resolved<T extends object>(shared: Readonly<Record<string, T>>, one: T): T {
  const $ref = (one as { $ref?: string }).$ref;
  if ($ref === undefined) return one;
  const found = shared[$ref.split('/').at(-1) as string];
  if (!found) throw new Error(`${$ref} leads nowhere`);
  return found;
}

function contentType(content: Content, indent: string): string {
  return membersOf(
    Object.entries(content).map(([name, { schema }]) => ({
      name,
      type: typeOf(schema ?? {}, `${indent}  `),
    })),
    indent,
  );
}

function parametersType({ components }: OpenapiDocument, operation: Operation, indent: string): string {
  const all = (operation.parameters ?? []).map((one) => resolved(components.parameters, one));
  const members = ['path', 'query'].flatMap((place) => {
    const own = all.filter((one) => one.in === place);
    if (own.length === 0) return [];
    const type = membersOf(
      own.map(({ name, schema, required, description }) => ({
        name,
        type: typeOf(schema ?? {}, `${indent}    `),
        isOptional: required !== true,
        description,
      })),
      `${indent}  `,
    );
    return [{ name: place, type, isOptional: !own.some((one) => one.required === true) }];
  });
  return membersOf(members, indent);
}

/** Successes by their status; all refusals of an endpoint look alike, so they are `default`. */
function responsesType({ components }: OpenapiDocument, operation: Operation, indent: string): string {
  const answers = Object.entries(operation.responses).map(
    ([status, one]) => [status, resolved(components.responses, one).content] as const,
  );
  const isSuccess = (status: string) => status.startsWith('2');
  const successes = answers.filter(([status]) => isSuccess(status));
  const refusals = new Set(
    answers
      .filter(([status]) => !isSuccess(status))
      .flatMap(([, content]) => Object.values(content ?? {}).map(({ schema }) => typeOf(schema ?? {}))),
  );
  return membersOf(
    [
      ...successes.map(([status, content]) => ({
        name: status,
        type: content ? `{ content: ${contentType(content, `${indent}  `)} }` : '{ content?: never }',
      })),
      ...(refusals.size > 0
        ? [{ name: 'default', type: `{ content: { "application/json": ${[...refusals].join(' | ')} } }` }]
        : []),
    ],
    indent,
  );
}

function operationType(document: OpenapiDocument, operation: Operation): string {
  const inner = '    ';
  const { requestBody } = operation;
  return membersOf(
    [
      { name: 'parameters', type: parametersType(document, operation, inner) },
      ...(requestBody?.content
        ? [
            {
              name: 'requestBody',
              type: `{ content: ${contentType(requestBody.content, inner)} }`,
              isOptional: requestBody.required !== true,
            },
          ]
        : []),
      { name: 'responses', type: responsesType(document, operation, inner) },
    ],
    '  ',
  );
}

/** The types, from the OpenAPI document as it is published. */
export function clientTypes(openapi: GeneratedFile): GeneratedFile {
  const document = JSON.parse(openapi.content) as OpenapiDocument;
  const paths = Object.entries(document.paths).map(([path, item]) => ({
    path,
    operations: METHODS.flatMap((method) => (item[method] ? [{ method, operation: item[method] }] : [])),
  }));
  const operations = paths
    .flatMap((one) => one.operations.map(({ operation }) => operation))
    .map((operation) => ({
      name: operation.operationId,
      type: operationType(document, operation),
      description: operation.summary,
    }));
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `${comment(schema)}export type ${typeName(name)} = ${typeOf(schema)};\n`,
  );
  const pathMembers = paths.map(({ path, operations: own }) => ({
    name: path,
    type: `{ ${own.map(({ method, operation }) => `${method}: operations["${operation.operationId}"]`).join('; ')} }`,
  }));
  return {
    path: 'libs/client/src/api.generated.ts',
    content: `// Generated from the OpenAPI document by npm run docs; do not edit.

/** What each path takes and answers, by method. */
export interface paths ${membersOf(pathMembers, '')}

/** What each operation takes and answers, by its id in the OpenAPI document. */
export interface operations ${membersOf(operations, '')}

${schemas.join('\n')}`,
  };
}
