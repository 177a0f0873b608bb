/** Values whose type a person chooses: what a level permits, what a condition compares with. Pure, so that it can be tested. */
import type { Text } from '../preferences.ts';

export type TypedKind = 'text' | 'number' | 'switch' | 'texts' | 'numbers' | 'nothing' | 'json';
export type TypedValue = { readonly kind: TypedKind; readonly value?: unknown };
/** What can be chosen. */
export type Choice = {
  readonly value: string | number | boolean;
  readonly label: Text | string;
  /** Of a name: what stands beside it, and what that may be, where it is known. */
  readonly kind?: TypedKind;
  readonly values?: readonly string[];
};
/** A value beside a name. */
export type Pair = TypedValue & { readonly name: string };

export const KIND_WORDS: Readonly<Record<TypedKind, Text>> = {
  text: { zh: '文本', en: 'Text' },
  number: { zh: '数字', en: 'Number' },
  switch: { zh: '是/否', en: 'Yes or no' },
  texts: { zh: '多个文本', en: 'Texts' },
  numbers: { zh: '多个数字', en: 'Numbers' },
  nothing: { zh: '空', en: 'Nothing' },
  json: { zh: 'JSON', en: 'JSON' },
};
const NEEDED = { zh: '必填', en: 'This is needed' };
const NO_NUMBER = { zh: '不是数字', en: 'This is not a number' };
const NO_JSON = { zh: '不是有效的 JSON', en: 'This is not JSON' };
const NO_NAME = { zh: '缺少名称', en: 'A name is missing' };

/** What is chosen first for a value that stands already; what no other kind can hold is JSON. */
export function typedOf(value: unknown): TypedValue {
  if (value === null) return { kind: 'nothing' };
  if (typeof value === 'boolean') return { kind: 'switch', value };
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'string') return { kind: 'text', value };
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((one) => typeof one === 'string')) return { kind: 'texts', value };
    if (value.every((one) => typeof one === 'number')) return { kind: 'numbers', value: value.map(String) };
  }
  return { kind: 'json', value: JSON.stringify(value) };
}

/** What is sent. Only after `wrongIn` had nothing to say. */
export function valueOf({ kind, value }: TypedValue): unknown {
  if (kind === 'nothing') return null;
  if (kind === 'switch') return value === true;
  if (kind === 'numbers') return (value as readonly string[]).map(Number);
  if (kind === 'json') return JSON.parse(value as string);
  return value ?? '';
}

/** What is wrong with what was typed, if anything. An empty text is a text. */
export function wrongIn({ kind, value }: TypedValue): Text | undefined {
  if (kind === 'number') return typeof value === 'number' ? undefined : NEEDED;
  if (kind === 'texts' || kind === 'numbers') {
    if (!Array.isArray(value) || value.length === 0) return NEEDED;
    return kind === 'numbers' && value.some((one) => !isNumber(String(one))) ? NO_NUMBER : undefined;
  }
  return kind === 'json' && !isJson(value) ? NO_JSON : undefined;
}
const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));
function isJson(text: unknown): boolean {
  try {
    JSON.parse(String(text));
    return true;
  } catch {
    return false;
  }
}

export const pairsOf = (values: object): Pair[] =>
  Object.entries(values).map(([name, value]) => ({ name, ...typedOf(value) }));

/** Own properties whatever they are called: `__proto__` is a name like others. */
export const valuesOfPairs = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map((pair) => [pair.name.trim(), valueOf(pair)]));

export function wrongInPairs(pairs: readonly Pair[]): Text | undefined {
  const names = new Set<string>();
  for (const pair of pairs) {
    const name = pair.name.trim();
    if (!name) return NO_NAME;
    if (names.has(name)) return { zh: `“${name}”出现了两次`, en: `“${name}” is there twice` };
    names.add(name);
    const wrong = wrongIn(pair);
    if (wrong) return { zh: `${name}：${wrong.zh}`, en: `${name}: ${wrong.en}` };
  }
  return undefined;
}
