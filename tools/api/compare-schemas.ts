/**
 * What changed between two schemas, for those who send what they describe, or read it. Requests may only take more, answers
 * only promise more; clients bear fields and words of an answer that they do not know.
 */
import { asList, asObject, canonical, isObject, told, type Change, type Json } from './changes.ts';

export type Side = 'request' | 'answer';
type Schemas = { readonly before: Json; readonly after: Json };
type Look = {
  readonly side: Side;
  readonly documents: Schemas;
  readonly changes: Change[];
  readonly seen: Set<string>;
};

/** A limit, and whether a smaller value of it lets more pass. */
const LIMITS: Readonly<Record<string, 'lower' | 'upper'>> = {
  minimum: 'lower',
  exclusiveMinimum: 'lower',
  minLength: 'lower',
  minItems: 'lower',
  minProperties: 'lower',
  maximum: 'upper',
  exclusiveMaximum: 'upper',
  maxLength: 'upper',
  maxItems: 'upper',
  maxProperties: 'upper',
};
/** What lets less pass where it is there, and something else where it is another. */
const SHAPES = [
  'pattern',
  'format',
  'multipleOf',
  'const',
  'propertyNames',
  'allOf',
  'not',
  'uniqueItems',
  'dependentRequired',
] as const;
/** What clients take an answer by: the value of another format is of another type in most languages. */
const TAKEN_BY: ReadonlySet<string> = new Set(['const', 'format']);
/** Below these, an answer was never: who reads counts has no place for a sign. */
const FLOORS: ReadonlySet<string> = new Set(['minimum', 'exclusiveMinimum']);

/** What is not said of items and of other fields: they may be anything. */
const ANYTHING: Json = {};

const refOf = (schema: unknown): string | undefined =>
  isObject(schema) && typeof schema['$ref'] === 'string' ? schema['$ref'] : undefined;

/** The schema that a reference of this document leads to, with what stands beside the reference. */
export function resolved(schema: unknown, document: Json): Json {
  const ref = refOf(schema);
  if (ref === undefined) return asObject(schema);
  const { $ref: _ref, ...beside } = asObject(schema);
  const at = ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (value, part) => asObject(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  return { ...resolved(at, document), ...beside };
}

/** Adds what changed from `before` to `after`, both read in their own document. */
export function compareSchemas(before: unknown, after: unknown, where: string, look: Look): void {
  if (refOf(before) !== undefined && refOf(after) !== undefined) {
    const pair = `${canonical(before)} ${canonical(after)}`;
    if (look.seen.has(pair)) return;
    look.seen.add(pair);
  }
  const left = resolved(before, look.documents.before);
  const right = resolved(after, look.documents.after);
  if (canonical(left) === canonical(right) && !canonical(left).includes('"$ref"')) return;
  compareTypes(left, right, where, look);
  compareWords(left, right, where, look);
  compareLimits(left, right, where, look);
  compareRules(left, right, where, look);
  compareFields(left, right, where, look);
  compareBranches(left, right, where, look);
  if (isOf('array', left) && isOf('array', right))
    compareSchemas(left['items'] ?? ANYTHING, right['items'] ?? ANYTHING, `${where}[]`, look);
  compareRest(left, right, where, look);
}

const say = ({ changes }: Look, kind: Change['kind'], where: string, what: string): void => {
  changes.push({ kind, where, what });
};
/** Wider is good for who sends and bad for who reads; narrower the other way round. */
const widened = (side: Side): Change['kind'] => (side === 'request' ? 'added' : 'breaking');
const narrowed = (side: Side): Change['kind'] => (side === 'request' ? 'breaking' : 'other');

const typesOf = (schema: Json): readonly string[] =>
  (Array.isArray(schema['type']) ? (schema['type'] as string[]) : [schema['type'] as string]).filter(Boolean);

const isOf = (type: string, schema: Json): boolean => typesOf(schema).includes(type);

function compareTypes(before: Json, after: Json, where: string, look: Look): void {
  const [left, right] = [typesOf(before), typesOf(after)];
  // An integer is a number; without a type everything is there.
  const holds = (types: readonly string[], type: string) =>
    types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'));
  const gone = left.filter((type) => !holds(right, type));
  const come = right.filter((type) => !holds(left, type));
  const isAnyNow = right.length === 0 && left.length > 0 && !isUnion(after);
  const wasAny = left.length === 0 && right.length > 0 && !isUnion(before);
  if (gone.length > 0 || wasAny)
    say(
      look,
      narrowed(look.side),
      where,
      `no longer ${gone.join(' or ') || 'of any type'}: ${right.join(' or ')}`,
    );
  if (come.length > 0 || isAnyNow)
    say(look, widened(look.side), where, `may be ${come.join(' or ') || 'of any type'} now, too`);
}

/** Words of an answer may come to be: a client bears those that it does not know. */
function compareWords(before: Json, after: Json, where: string, look: Look): void {
  const [left, right] = [before['enum'], after['enum']];
  if (left === undefined && right === undefined) return;
  if (left === undefined)
    return say(look, narrowed(look.side), where, `only ${asList(right).join(', ')} now`);
  if (right === undefined)
    return say(look, widened(look.side), where, `no longer only ${asList(left).join(', ')}`);
  const gone = asList(left).filter((word) => !asList(right).includes(word));
  const come = asList(right).filter((word) => !asList(left).includes(word));
  if (gone.length > 0) say(look, narrowed(look.side), where, `no longer ${gone.join(', ')}`);
  if (come.length > 0) say(look, 'added', where, `may be ${come.join(', ')} now, too`);
}

function compareLimits(before: Json, after: Json, where: string, look: Look): void {
  for (const [name, end] of Object.entries(LIMITS)) {
    const [left, right] = [before[name] as number | undefined, after[name] as number | undefined];
    if (left === right) continue;
    const isTighter =
      right !== undefined && (left === undefined || (end === 'lower' ? right > left : right < left));
    const kind =
      look.side === 'request'
        ? isTighter
          ? 'breaking'
          : 'added'
        : FLOORS.has(name) && !isTighter
          ? 'breaking'
          : 'other';
    say(look, kind, where, `${name} is ${right ?? 'open'} instead of ${left ?? 'open'}`);
  }
  for (const name of SHAPES) {
    const [left, right] = [before[name], after[name]];
    if (canonical(left) === canonical(right)) continue;
    const isGone = right === undefined;
    const kind =
      look.side === 'request'
        ? isGone
          ? 'added'
          : 'breaking'
        : TAKEN_BY.has(name) && left !== undefined
          ? 'breaking'
          : 'other';
    say(look, kind, where, isGone ? `${name} is gone` : `${name} is ${canonical(right)}`);
  }
}

/**
 * Rules that no word of JSON Schema says stand in `x-rules` as their refusals say them. One in the place of another may be the
 * same in other words; one that keeps its words and refuses more is not seen.
 */
function compareRules(before: Json, after: Json, where: string, look: Look): void {
  if (look.side === 'answer') return;
  const [left, right] = [asList(before['x-rules']), asList(after['x-rules'])];
  const gone = left.filter((rule) => !right.includes(rule));
  const come = right.filter((rule) => !left.includes(rule));
  const pairs = Math.min(gone.length, come.length);
  for (let index = 0; index < pairs; index++)
    say(
      look,
      'other',
      where,
      `is held to “${told(come[index])}” instead of “${told(gone[index])}”: look at whether less passes`,
    );
  for (const rule of come.slice(pairs)) say(look, 'breaking', where, `is held to “${told(rule)}” now, too`);
  for (const rule of gone.slice(pairs)) say(look, 'added', where, `is no longer held to “${told(rule)}”`);
}

function compareFields(before: Json, after: Json, where: string, look: Look): void {
  const [left, right] = [asObject(before['properties']), asObject(after['properties'])];
  const [must, mustNow] = [asList(before['required']), asList(after['required'])];
  const isClosed = (schema: Json) => schema['additionalProperties'] === false;
  for (const [name, schema] of Object.entries(left)) {
    const at = `${where}.${name}`;
    if (right[name] === undefined) {
      // What takes anything takes the field, too.
      if (look.side === 'answer' || isOf('object', after)) say(look, 'breaking', at, 'is gone');
      continue;
    }
    compareSchemas(schema, right[name], at, look);
    if (!must.includes(name) && mustNow.includes(name))
      say(
        look,
        look.side === 'request' ? 'breaking' : 'added',
        at,
        look.side === 'request' ? 'is required now' : 'is always there now',
      );
    if (must.includes(name) && !mustNow.includes(name))
      say(look, look.side === 'request' ? 'added' : 'breaking', at, 'may be left out now');
  }
  for (const name of Object.keys(right))
    if (left[name] === undefined) {
      // What has a default is always there in what is read, and may be left out of what is sent.
      const isNeeded =
        look.side === 'request' && mustNow.includes(name) && asObject(right[name])['default'] === undefined;
      say(
        look,
        isNeeded ? 'breaking' : 'added',
        `${where}.${name}`,
        isNeeded ? 'is new and required' : 'is new',
      );
    }
  if (isClosed(after) && !isClosed(before) && Object.keys(before).length > 0)
    say(look, narrowed(look.side), where, 'takes no other fields now');
  const areOpen = [before, after].every((schema) => isOf('object', schema) && !isClosed(schema));
  if (areOpen) compareSchemas(othersOf(before), othersOf(after), `${where}.*`, look);
}

/** What fields without a name of their own hold. */
const othersOf = ({ additionalProperties: others }: Json): Json => (isObject(others) ? others : ANYTHING);

const isUnion = (schema: Json): boolean => schema['anyOf'] !== undefined || schema['oneOf'] !== undefined;
const branchesOf = (schema: Json): readonly unknown[] =>
  isUnion(schema) ? [...asList(schema['anyOf']), ...asList(schema['oneOf'])] : [schema];

/** Branches that are the same in both are set aside; what is left is told apart by its order. */
function compareBranches(before: Json, after: Json, where: string, look: Look): void {
  if (!isUnion(before) && !isUnion(after)) return;
  const whole = (branch: unknown, document: Json) => canonical(resolved(branch, document));
  const lefts = branchesOf(before);
  const rights = branchesOf(after);
  const known = new Set(rights.map((branch) => whole(branch, look.documents.after)));
  const knew = new Set(lefts.map((branch) => whole(branch, look.documents.before)));
  const gone = lefts.filter((branch) => !known.has(whole(branch, look.documents.before)));
  const come = rights.filter((branch) => !knew.has(whole(branch, look.documents.after)));
  // What a reference within them leads to may be something else.
  for (const branch of lefts) {
    const same = rights.find(
      (other) => whole(other, look.documents.after) === whole(branch, look.documents.before),
    );
    if (same !== undefined) compareSchemas(branch, same, where, look);
  }
  for (const [index, branch] of gone.entries())
    if (come[index] === undefined)
      say(look, narrowed(look.side), where, `no longer ${sketch(branch, look.documents.before)}`);
    else compareSchemas(branch, come[index], where, look);
  const all = [
    ...lefts.map((branch) => resolved(branch, look.documents.before)),
    ...come.map((branch) => resolved(branch, look.documents.after)),
  ];
  const isToldApart = look.side === 'answer' && discriminatorOf(all) !== undefined;
  for (const branch of come.slice(gone.length)) {
    const kind = isToldApart ? 'added' : widened(look.side);
    say(look, kind, where, `may be ${sketch(branch, look.documents.after)} now, too`);
  }
}
/** The field whose word tells the branches apart: a branch more of those is a word more. */
function discriminatorOf(branches: readonly Json[]): string | undefined {
  const fields = branches.map((branch) => asObject(branch['properties']));
  return Object.keys(fields[0] ?? {}).find((name) =>
    fields.every((own) => asObject(own[name])['const'] !== undefined),
  );
}
const sketch = (schema: unknown, document: Json): string => {
  const { type, const: only, properties } = resolved(schema, document);
  if (only !== undefined) return JSON.stringify(only);
  return properties === undefined
    ? told(type ?? 'something else')
    : `{ ${Object.keys(asObject(properties)).join(', ')} }`;
};

function compareRest(before: Json, after: Json, where: string, look: Look): void {
  const [left, right] = [before['default'], after['default']];
  if (canonical(left) === canonical(right)) return;
  // A document that no longer says what is meant has not changed what is.
  const kind = look.side === 'request' && left !== undefined && right !== undefined ? 'breaking' : 'other';
  say(look, kind, where, `left out it means ${canonical(right)} instead of ${canonical(left)}`);
}
