/** Whether a value is one that a schema of a document describes: every field is named there, and of its type. */
import { asList, asObject, isObject, type Json } from '../api/changes.ts';
import { resolved } from '../api/compare-schemas.ts';

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** What is in the value and not in the schema, by its place. Fields that the value leaves out are none of it. */
export function missingShapes(value: unknown, schema: unknown, document: Json, at = ''): string[] {
  const own = resolved(schema, document);
  const branches = [...asList(own['anyOf']), ...asList(own['oneOf'])];
  if (branches.length > 0) {
    const tried = branches.map((branch) => missingShapes(value, branch, document, at));
    return (
      tried.find((problems) => problems.length === 0) ?? tried.sort((a, b) => a.length - b.length)[0] ?? []
    );
  }
  const types = [own['type']].flat().filter(Boolean) as string[];
  const type = typeOf(value);
  const fits = types.some(
    (one) => one === type || (type === 'number' && one === 'integer' && Number.isInteger(value)),
  );
  if (types.length > 0 && !fits) return [`${at || 'it'} is ${type}, not ${types.join(' or ')}`];
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      missingShapes(item, own['items'] ?? {}, document, `${at}[${index}]`),
    );
  if (!isObject(value)) return [];
  const fields = asObject(own['properties']);
  const others = own['additionalProperties'];
  return Object.entries(value).flatMap(([name, inner]) => {
    const place = at ? `${at}.${name}` : name;
    if (fields[name] !== undefined) return missingShapes(inner, fields[name], document, place);
    if (isObject(others)) return missingShapes(inner, others, document, place);
    return own['properties'] === undefined || others === true ? [] : [`${place} is not named`];
  });
}
