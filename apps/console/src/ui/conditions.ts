/** Conditions of an award rule, as they are filled in. Pure, so that it can be tested. */
import type { Text } from '../preferences.ts';
import { typedOf, valueOf, wrongIn, type Choice, type TypedKind, type TypedValue } from './typed-value.ts';

/** What each operator compares with. */
export const OPERATORS = {
  eq: ['text', 'number', 'switch', 'nothing'],
  ne: ['text', 'number', 'switch', 'nothing'],
  in: ['texts', 'numbers', 'json'],
  gte: ['number'],
  lte: ['number'],
  multiple_of: ['number'],
} as const satisfies Record<string, readonly TypedKind[]>;
export type Operator = keyof typeof OPERATORS;
export const OPERATOR_WORDS: Readonly<Record<Operator, Text>> = {
  eq: { zh: '等于', en: 'is' },
  ne: { zh: '不等于', en: 'is not' },
  in: { zh: '属于', en: 'is one of' },
  gte: { zh: '不小于', en: 'is at least' },
  lte: { zh: '不大于', en: 'is at most' },
  multiple_of: { zh: '是其倍数', en: 'is a multiple of' },
};

type Condition = { readonly field: string; readonly operator: Operator; readonly value: unknown };
/** A row of the form. */
export type ConditionRow = TypedValue & { readonly field: string; readonly operator: Operator };

export const conditionRows = (conditions: readonly Condition[]): ConditionRow[] =>
  conditions.map(({ field, operator, value }) => ({ field, operator, ...typedOf(value) }));

export const conditionsOf = (rows: readonly ConditionRow[]): Condition[] =>
  rows.map((row) => ({ field: row.field.trim(), operator: row.operator, value: valueOf(row) }));

export function wrongInConditions(rows: readonly ConditionRow[]): Text | undefined {
  for (const row of rows) {
    const field = row.field.trim();
    if (!field) return { zh: '条件缺少字段', en: 'A condition has no field' };
    const wrong = wrongIn(row);
    if (wrong) return { zh: `${field}：${wrong.zh}`, en: `${field}: ${wrong.en}` };
  }
  return undefined;
}

/** The same row with another operator: what it compares with stays where the operator takes it. */
export function withOperator(row: ConditionRow, operator: Operator): ConditionRow {
  const kinds: readonly TypedKind[] = OPERATORS[operator];
  return kinds.includes(row.kind)
    ? { ...row, operator }
    : { field: row.field, operator, kind: kinds[0] as TypedKind };
}

const SEVERAL: Partial<Record<TypedKind, TypedKind>> = { text: 'texts', number: 'numbers' };
/** The same row about another field: where its kind is known, it is compared as such, by an operator that can. */
export function withField(row: ConditionRow, field: string, known: readonly Choice[]): ConditionRow {
  const kind = known.find(({ value }) => value === field)?.kind;
  if (!kind) return { ...row, field };
  const wanted = row.operator === 'in' ? SEVERAL[kind] : kind;
  const kinds: readonly TypedKind[] = OPERATORS[row.operator];
  if (!wanted || !kinds.includes(wanted)) return { field, operator: 'eq', kind };
  return row.kind === wanted ? { ...row, field } : { field, operator: row.operator, kind: wanted };
}

/** Fields that the event does not have; none where it is not known which it has. */
export const strangeFields = (rows: readonly ConditionRow[], known: readonly Choice[]): string[] =>
  known.length === 0
    ? []
    : rows
        .map(({ field }) => field.trim())
        .filter((name) => name && !known.some(({ value }) => value === name));
