/** Fields of a form, without how they look: what it begins with, what is sent for what was typed, what was refused. */
import type { MembershipError } from '@membership/client';
import type { Text } from '../preferences.ts';
import { conditionRows, conditionsOf, type ConditionRow } from './conditions.ts';
import { instantOf, wallOf } from './format.ts';
import { valueAt } from './nested.ts';
import { pairsOf, valuesOfPairs, type Choice, type Pair, type TypedKind } from './typed-value.ts';

export type FieldKind =
  | 'text'
  | 'suggested'
  | 'long'
  | 'secret'
  | 'whole'
  | 'number'
  | 'switch'
  | 'choice'
  | 'many'
  | 'instant'
  | 'lines'
  | 'member'
  | 'licence'
  | 'pairs'
  | 'conditions'
  | 'group';
export type Field<Name extends string = string> = {
  readonly name: Name;
  readonly label: Text;
  readonly kind?: FieldKind;
  /** Of pairs, conditions and what is suggested: names that are offered; others may be typed. */
  readonly choices?: readonly Choice[];
  /** What can be chosen follows from what another field says. */
  readonly narrowed?: { readonly by: string; readonly to: (value: unknown) => readonly Choice[] };
  readonly isRequired?: boolean;
  readonly help?: Text;
  readonly min?: number;
  readonly max?: number;
  /** Of pairs: what may stand beside a name. */
  readonly of?: readonly TypedKind[];
  /** Of a group: what it is made of. It is sent whole. */
  readonly fields?: readonly Field[];
  /** Of a group: there may be none of it, which is when all of it is empty. */
  readonly isOptional?: boolean;
  /** Inside a group: emptied, it is told to be none. Others are left out, and are what they are by default. */
  readonly isNullable?: boolean;
};
/** Why something is done: it stands in the record of it. */
export const REASON = { name: 'reason', label: { zh: '原因', en: 'Reason' }, kind: 'long' } as const;
export const NEEDED_REASON = { ...REASON, isRequired: true } as const;
/** Whom it is done for, chosen as one types. */
export const MEMBER = {
  name: 'member_id',
  label: { zh: '成员', en: 'Member' },
  kind: 'member',
  isRequired: true,
} as const;
/** What is given, chosen as one types. */
export const LICENCE = {
  name: 'license_id',
  label: { zh: '许可证', en: 'Licence' },
  kind: 'licence',
  isRequired: true,
} as const;
export type Values = Readonly<Record<string, unknown>>;

/** The fields of a group, by the names that they have in the form. */
export const inside = ({ name, fields = [] }: Field): Field[] =>
  fields.map((field) => ({ ...field, name: `${name}.${field.name}` }));
const leaves = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => (field.kind === 'group' ? leaves(inside(field)) : [field]));

/** What the fields begin with. */
export const formOf = (
  fields: readonly Field[],
  initial: Values,
  timezone: string,
): Record<string, unknown> =>
  Object.fromEntries(
    leaves(fields).flatMap(({ name, kind }) => {
      const value = valueAt(initial, name);
      if (value === undefined) return [];
      if (kind === 'lines' && Array.isArray(value)) return [[name, value.join('\n')]];
      if (kind === 'instant') return typeof value === 'string' ? [[name, wallOf(value, timezone)]] : [];
      if (kind === 'pairs') return [[name, pairsOf((value ?? {}) as object)]];
      if (kind === 'conditions') return [[name, conditionRows(value as never)]];
      return [[name, value]];
    }),
  );

/** What is sent for what was typed: an empty field is left out, or is nothing where it held something before. */
export function valuesOf(
  fields: readonly Field[],
  values: Values,
  timezone: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const field of fields) {
    const { name, kind } = field;
    if (kind === 'group') {
      const group = groupOf(field, values, timezone);
      if (Object.keys(group).length > 0) read[name] = group;
      continue;
    }
    const value = values[name];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value.trim() : '';
    if (kind === 'lines')
      read[name] = text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    else if (kind === 'instant')
      read[name] = text ? instantOf(text.length === 16 ? `${text}:00` : text, timezone) : null;
    else if (kind === 'pairs') read[name] = valuesOfPairs(value as readonly Pair[]);
    else if (kind === 'conditions') read[name] = conditionsOf(value as readonly ConditionRow[]);
    else if (value !== '' || kind === 'long') read[name] = value;
  }
  return read;
}

/** What of a group is filled in, by the names inside it. */
function groupOf(group: Field, values: Values, timezone: string): Record<string, unknown> {
  const read = valuesOf(inside(group), values, timezone);
  return Object.fromEntries(
    Object.entries(read).flatMap(([name, value]) =>
      value === null ? [] : [[name.slice(group.name.length + 1), value]],
    ),
  );
}

/** What is wrong with a number that was typed, if anything. */
export function wrongNumber({ kind, min, max }: Field, value: unknown): Text | undefined {
  if (typeof value !== 'number') return undefined;
  if (kind === 'whole' && !Number.isInteger(value))
    return { zh: '必须为整数', en: 'This has to be a whole number' };
  if (min !== undefined && value < min) return { zh: `不能小于 ${min}`, en: `At least ${min}` };
  if (max !== undefined && value > max) return { zh: `不能大于 ${max}`, en: `At most ${max}` };
  return undefined;
}

/** What differs from before. A choice that was cleared is none, a text that was emptied is empty, a group is sent whole. */
export const differing = (fields: readonly Field[], now: Values, before: Values): Values =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const { name } = field;
      if (JSON.stringify(now[name]) === JSON.stringify(before[name])) return [];
      return [[name, name in now ? changed(field, now[name], before[name]) : emptied(field, before[name])]];
    }),
  );
const goneOf = ({ fields = [] }: Field, before: unknown): Record<string, null> =>
  Object.fromEntries(
    fields.flatMap(({ name, isNullable }) =>
      isNullable && name in ((before ?? {}) as object) ? [[name, null]] : [],
    ),
  );
const changed = (field: Field, now: unknown, before: unknown): unknown =>
  field.kind === 'group' ? { ...goneOf(field, before), ...(now as object) } : now;
function emptied(field: Field, before: unknown): unknown {
  if (field.kind === 'group') return field.isOptional ? null : goneOf(field, before);
  return field.kind === 'choice' || field.kind === 'member' || field.kind === 'licence' ? null : '';
}

const textsOf = (found: unknown): string[] =>
  (Array.isArray(found) ? found : [found]).filter((one): one is string => typeof one === 'string');

/** What a refusal by a state has for programs; people read its sentence. */
const FOR_PROGRAMS = ['current_state', 'allowed_actions'];
/** The platform's sentences at the fields that they are about, and those that are about none of these. */
export function fieldErrors({ details }: Pick<MembershipError, 'details'>, fields: readonly Field[]) {
  const all = leaves(fields);
  const at = new Map<string, string[]>();
  const others: string[] = [];
  for (const [key, found] of Object.entries(details)) {
    const texts = textsOf(found);
    if (texts.length === 0 || FOR_PROGRAMS.includes(key)) continue;
    // What is wrong inside of a field says where; what is wrong with a group as a whole stands at its beginning.
    const field =
      all.find(({ name }) => name === key) ??
      all.find(({ name }) => key.startsWith(`${name}.`)) ??
      all.find(({ name }) => name.startsWith(`${key}.`));
    if (!field) others.push(...texts.map((text) => `${key}: ${text}`));
    else {
      const where = key.startsWith(`${field.name}.`) ? `${key.slice(field.name.length + 1)}: ` : '';
      at.set(field.name, [...(at.get(field.name) ?? []), ...texts.map((text) => where + text)]);
    }
  }
  return { fields: [...at].map(([name, errors]) => ({ name, errors })), others };
}
