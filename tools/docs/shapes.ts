/** Whether a value is one that a schema of a document describes: every field is named there, of its type, and within its limits. */
import { asList, asObject, canonical, isObject, type Json } from '../api/changes.ts';
import { resolved } from '../api/compare-schemas.ts';

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  email: /^\S+@\S+$/,
  uri: /^[a-z][a-z\d+.-]*:\S+$/i,
  uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
};

/** The words of a schema that a plain value, or the number of what it holds, does not do as. */
function broken(value: unknown, own: Json): string[] {
  const isNumber = typeof value === 'number';
  const sized = typeof value === 'string' ? Array.from(value) : Array.isArray(value) ? value : undefined;
  const size = isNumber ? value : sized?.length;
  const kind = isNumber ? 'imum' : Array.isArray(value) ? 'Items' : 'Length';
  const [least, most] = [own[`min${kind}`], own[`max${kind}`]] as (number | undefined)[];
  const [above, below] = [own['exclusiveMinimum'], own['exclusiveMaximum']] as (number | undefined)[];
  const isTold = (word: string, holds: boolean) => (holds ? [] : [word]);
  const text = typeof value === 'string' ? value : undefined;
  const format = FORMATS[String(own['format'])];
  return [
    ...isTold('enum', own['enum'] === undefined || asList(own['enum']).includes(value)),
    ...isTold('const', own['const'] === undefined || own['const'] === value),
    ...isTold(
      'pattern',
      text === undefined || new RegExp((own['pattern'] as string | undefined) ?? '', 'u').test(text),
    ),
    ...isTold('format', text === undefined || !format || format.test(text)),
    ...isTold('least', size === undefined || least === undefined || size >= least),
    ...isTold('most', size === undefined || most === undefined || size <= most),
    ...isTold('above', !isNumber || above === undefined || value > above),
    ...isTold('below', !isNumber || below === undefined || value < below),
  ];
}

/**
 * What is in the value and not in the schema, by its place. Fields that the value leaves out are none of it, but for a value
 * that somebody sends, which has to be taken.
 */
export function missingShapes(
  value: unknown,
  schema: unknown,
  document: Json,
  { at = '', isSent = false }: { at?: string; isSent?: boolean } = {},
): string[] {
  const own = resolved(schema, document);
  const branches = [...asList(own['anyOf']), ...asList(own['oneOf'])];
  if (branches.length > 0) {
    const tried = branches.map((branch) => missingShapes(value, branch, document, { at, isSent }));
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
  const problems = broken(value, own).map((word) => `${at || 'it'} is not as ${word} has it`);
  if (Array.isArray(value))
    return value.reduce<string[]>(
      (all, item, index) =>
        all.concat(missingShapes(item, own['items'] ?? {}, document, { at: `${at}[${index}]`, isSent })),
      problems,
    );
  if (!isObject(value)) return problems;
  const left = isSent ? asList(own['required']).filter((name) => !(String(name) in value)) : [];
  problems.push(...left.map((name) => `${at ? `${at}.` : ''}${name} is left out`));
  const fields = asObject(own['properties']);
  const others = own['additionalProperties'];
  for (const [name, inner] of Object.entries(value)) {
    const place = at ? `${at}.${name}` : name;
    // What an answer takes beside its named fields, whatever it is, is no shape of it.
    const isAnything = !isSent && own['properties'] !== undefined && canonical(others) === '{}';
    const as = fields[name] ?? (isObject(others) && !isAnything ? others : undefined);
    if (as !== undefined) problems.push(...missingShapes(inner, as, document, { at: place, isSent }));
    else if (own['properties'] !== undefined && others !== true) problems.push(`${place} is not named`);
  }
  return problems;
}
