/** How schemas come out in the documents: shared ones by name, queries as the integers and flags that they are. */
import { both } from '@membership/contracts/text';
import { z } from 'zod';
import { sorted } from './text-file.ts';

type JsonSchema = Record<string, unknown>;
type OverrideContext = {
  readonly zodSchema: z.core.$ZodTypes;
  readonly jsonSchema: JsonSchema;
  readonly io: 'input' | 'output';
};

/** The schema at the end of a chain of pipes, skipping what only transforms. */
function endOf(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema as z.core.$ZodTypes;
  while (at._zod.def.type === 'pipe') {
    const out = at._zod.def.out as z.core.$ZodTypes;
    at = (out._zod.def.type === 'transform' ? at._zod.def.in : out) as z.core.$ZodTypes;
  }
  return at;
}

const replaceBy = (target: JsonSchema, source: JsonSchema): void => {
  for (const key of ['type', 'pattern', 'enum', 'format', '$ref', 'allOf']) delete target[key];
  Object.assign(target, source);
};

const FORMATS: ReadonlySet<string> = new Set(['date-time', 'date', 'email', 'uri']);
const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const isUnreadable = (pattern: string): boolean => pattern.includes('\\p{');
type Check = {
  readonly check: string;
  readonly pattern?: RegExp;
  readonly error?: (issue: object) => string | { message: string } | null | undefined;
};
const OF_ITS_OWN = both('另有规则，由拒绝的答复说明', 'A rule of its own, told by its refusal');
/** What a schema refuses beyond the words of JSON Schema, as its refusals say it. */
function rulesOf(schema: z.core.$ZodType): string[] {
  const checks = (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as unknown as Check);
  return checks
    .filter(({ check, pattern }) => check === 'custom' || (pattern && isUnreadable(pattern.source)))
    .map(({ error }) => {
      const said = error?.({}) ?? OF_ITS_OWN;
      return typeof said === 'string' ? said : said.message;
    });
}

/** A transform cannot be shown as a schema; what it starts from, or ends in, can. */
export function readable({ zodSchema, jsonSchema, io }: OverrideContext): void {
  const { def } = zodSchema._zod;
  const rules = new Set([...((jsonSchema['x-rules'] ?? []) as string[]), ...rulesOf(zodSchema)]);
  if (rules.size > 0) jsonSchema['x-rules'] = [...rules];
  // Answers are only ever widened, so a client must bear what it does not know.
  if (io === 'output' && def.type === 'object' && jsonSchema.additionalProperties === false)
    delete jsonSchema.additionalProperties;
  // Of answers the bounds of what JSON can say exactly go without saying; of requests they do not.
  if (io === 'output' && jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (io === 'output' && jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // The pattern beside a named format is long and says the same.
  if (typeof jsonSchema.format === 'string' && FORMATS.has(jsonSchema.format)) delete jsonSchema.pattern;
  // Classes of Unicode characters are no regular expression to many readers; the refusal says what is meant.
  const isForUs = ({ pattern }: JsonSchema) => typeof pattern === 'string' && isUnreadable(pattern);
  if (isForUs(jsonSchema)) delete jsonSchema.pattern;
  if (Array.isArray(jsonSchema.allOf))
    jsonSchema.allOf = (jsonSchema.allOf as JsonSchema[]).filter((one) => !isForUs(one));
  if (io === 'input' && def.type === 'default' && isPlain(def.defaultValue))
    jsonSchema.default = def.defaultValue;
  // A schema that says itself what it looks like knows it best.
  if (io !== 'input' || def.type !== 'pipe' || (zodSchema as unknown as z.ZodType).meta()?.type !== undefined)
    return;
  const end = endOf(zodSchema as z.core.$ZodType) as z.core.$ZodTypes;
  if (end._zod.def.type === 'number') {
    const { type, minimum, exclusiveMinimum, maximum } = inlined(z.toJSONSchema(end as z.core.$ZodType));
    replaceBy(jsonSchema, { type, minimum: minimum ?? Number(exclusiveMinimum) + 1, maximum });
  } else if (end._zod.def.type === 'enum') {
    const words = Object.keys(end._zod.def.entries);
    replaceBy(
      jsonSchema,
      words.toSorted().join() === 'false,true' ? { type: 'boolean' } : { type: 'string', enum: words },
    );
  }
}

/** A schema that has a name comes as a reference to it. */
function inlined({ $ref, $defs, ...schema }: JsonSchema): JsonSchema {
  return typeof $ref === 'string'
    ? ((($defs ?? {}) as Record<string, JsonSchema>)[$ref.split('/').at(-1) as string] as JsonSchema)
    : schema;
}

/**
 * Gives each object schema that a contract exports its name, so that documents refer to it instead of repeating it. Two of
 * one name are told apart by their service; what carries an id of its own keeps it.
 */
export function nameSharedSchemas(
  services: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): void {
  const found = Object.entries(services).flatMap(([service, exported]) =>
    Object.entries(exported).flatMap(([name, schema]) =>
      schema instanceof z.ZodObject && idOf(schema) === undefined
        ? [{ service, name: capital(name), schema }]
        : [],
    ),
  );
  for (const { service, name, schema } of found) {
    if (idOf(schema) !== undefined) continue;
    const isAmbiguous = found.some((other) => other.name === name && other.schema !== schema);
    z.globalRegistry.add(schema, { ...schema.meta(), id: isAmbiguous ? capital(service) + name : name });
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const idOf = (schema: z.ZodType): unknown => schema.meta()?.id;

type Document = { components?: { schemas?: Record<string, unknown> } & Record<string, unknown> } & Record<
  string,
  unknown
>;

/** Leaves out schemas that nothing refers to, and puts the others in order. */
export function withoutUnusedSchemas(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const look = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      if (name !== undefined && !used.has(name)) {
        used.add(name);
        look(schemas[name] ?? null);
      }
  };
  look({ ...document, components: { ...document.components, schemas: {} } });
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { ...document.components, schemas: sorted(kept) } };
}
