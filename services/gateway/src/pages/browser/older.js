// A document in the words of OpenAPI 3.0. Swagger UI reads a 3.1 document whole, and again for each operation that is opened: a
// quarter of a minute for one of this size. A 3.0 document it reads where it is looked at.

/** Below these stand data, which are left as they are. */
const DATA = new Set(['example', 'examples', 'default', 'enum']);

/** The schema, or what holds schemas. `typeAt` says of which type the schema at a reference is. */
export function older(value, typeAt = () => undefined) {
  const inner = (one) => older(one, typeAt);
  if (Array.isArray(value)) return value.map(inner);
  if (value === null || typeof value !== 'object') return value;
  const { type, const: only, anyOf, exclusiveMinimum, propertyNames: _names, ...rest } = value;
  const schema = Object.fromEntries(
    Object.entries(rest).map(([key, one]) => [
      key,
      DATA.has(key) ? one : key === 'properties' ? olderAll(one, typeAt) : inner(one),
    ]),
  );
  if (only !== undefined) schema.enum = [only];
  if (typeof exclusiveMinimum === 'number')
    Object.assign(schema, { minimum: exclusiveMinimum, exclusiveMinimum: true });
  const types = [type].flat().filter((one) => one !== undefined);
  const plain = types.filter((one) => one !== 'null');
  const branches = anyOf ?? (plain.length > 1 ? types.map((one) => ({ type: one })) : undefined);
  if (!branches) {
    if (plain.length > 0) schema.type = plain[0];
    else if (types.length > 0) Object.assign(schema, { type: 'object', enum: [null] });
    return plain.length < types.length ? { ...schema, nullable: true } : schema;
  }
  return withBranches(schema, branches, inner, typeAt);
}

/** A branch of null is a word of 3.0, which needs a type beside it. */
function withBranches(schema, branches, inner, typeAt) {
  const others = branches.filter(({ type }) => type !== 'null').map(inner);
  const isNullable = others.length < branches.length;
  const [first, ...more] = others;
  if (more.length === 0) {
    const type = first.type ?? typeAt(first.$ref);
    const nullable = isNullable && type ? { type, nullable: true } : {};
    return first.$ref ? { ...schema, allOf: [first], ...nullable } : { ...first, ...schema, ...nullable };
  }
  const named = others.find(({ type }) => type !== undefined);
  const anyOf = others.map((one) => (isNullable && one === named ? { ...one, nullable: true } : one));
  return { ...schema, anyOf };
}

/** A field may be called `type` or `const`: names of fields are none of the words of a schema. */
const olderAll = (things, typeAt) =>
  Object.fromEntries(Object.entries(things).map(([name, one]) => [name, older(one, typeAt)]));

export function olderDocument({ info, components, ...whole }) {
  const typeAt = (ref) => {
    const { type } = components.schemas[ref?.split('/').at(-1)] ?? {};
    return typeof type === 'string' ? type : undefined;
  };
  return {
    ...older(whole, typeAt),
    openapi: '3.0.4',
    info: { ...info, license: { name: info.license.name } },
    components: Object.fromEntries(
      Object.entries(components).map(([kind, things]) => [kind, olderAll(things, typeAt)]),
    ),
  };
}
