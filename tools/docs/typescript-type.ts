/** JSON Schema, as the OpenAPI document holds it, as a TypeScript type. */

type JsonSchema = Readonly<Record<string, unknown>>;
type Describable = { readonly description?: unknown };

/** The name of a shared schema as a type: letters and digits alone. */
export const typeName = (name: string): string => name.replaceAll(/\W/g, '_');
/** Statuses stay numbers: that is how openapi-fetch tells successes from refusals. */
const isName = (key: string): boolean => /^([A-Za-z_$][\w$]*|[1-9]\d*)$/.test(key);
const key = (name: string): string =>
  isName(name) || name === '[name: string]' ? name : JSON.stringify(name);

/** A comment of one line above a member; nothing where nothing is said. */
export function comment({ description }: Describable, indent = ''): string {
  if (typeof description !== 'string' || description === '') return '';
  return `${indent}/** ${description.replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/')} */\n`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');
const inBrackets = (type: string): string => (/[|&]/.test(type) ? `(${type})` : type);

/** `{ name: type; }`, a member a line. Undefined members are left out. */
export function membersOf(
  members: readonly {
    readonly name: string;
    readonly type: string;
    readonly isOptional?: boolean;
    readonly description?: unknown;
  }[],
  indent: string,
): string {
  const inner = `${indent}  `;
  const lines = members.map(
    (one) => `${comment(one, inner)}${inner}${key(one.name)}${one.isOptional ? '?' : ''}: ${one.type};\n`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

function objectType(schema: JsonSchema, indent: string): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set((schema.required ?? []) as string[]);
  const more = schema.additionalProperties;
  const isOpen = more !== undefined && more !== false;
  const others = isOpen && typeof more === 'object' ? typeOf(more as JsonSchema, `${indent}  `) : 'unknown';
  if (properties.length === 0) return isOpen || more === undefined ? `Record<string, ${others}>` : '{}';
  const own = properties.map(([name, property]) => ({
    name,
    type: typeOf(property, `${indent}  `),
    isOptional: !required.has(name),
    description: property.description,
  }));
  if (!isOpen) return membersOf(own, indent);
  // A signature for all names holds the named ones, too.
  const any = own.some(({ isOptional }) => isOptional) ? ['undefined'] : [];
  const all = others === 'unknown' ? others : union([...own.map(({ type }) => type), others, ...any]);
  return membersOf([...own, { name: '[name: string]', type: all }], indent);
}

function plainType(type: string, schema: JsonSchema, indent: string): string {
  switch (type) {
    case 'object':
      return objectType(schema, indent);
    case 'array':
      return `${inBrackets(typeOf((schema.items ?? {}) as JsonSchema, indent))}[]`;
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    default:
      throw new Error(`no type for the JSON Schema type ${type}`);
  }
}

/** The type of what a schema lets through, as narrow as TypeScript can say it. */
export function typeOf(schema: JsonSchema, indent = ''): string {
  if (typeof schema.$ref === 'string') return typeName(schema.$ref.split('/').at(-1) as string);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map((one) => JSON.stringify(one)));
  const some = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (some) return union(some.map((one) => typeOf(one, indent)));
  if (Array.isArray(schema.type))
    return union((schema.type as string[]).map((one) => plainType(one, schema, indent)));
  if (typeof schema.type === 'string') return plainType(schema.type, schema, indent);
  if (Array.isArray(schema.allOf)) {
    const all = (schema.allOf as JsonSchema[]).map((one) => typeOf(one, indent));
    return all
      .filter((one) => one !== 'unknown')
      .map(inBrackets)
      .join(' & ');
  }
  return 'unknown';
}
