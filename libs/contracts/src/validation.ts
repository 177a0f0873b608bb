/** From zod's issues to "field → messages" in both languages. Every wrong field at once. */
import type { z } from 'zod';
import { counted, unbox, type Text } from './text.ts';
import type { FieldTexts } from './errors.ts';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Record<string, Text> = {
  string: { zh: '字符串', en: 'a string' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'an integer' },
  boolean: { zh: '布尔值', en: 'a boolean' },
  array: { zh: '数组', en: 'an array' },
  object: { zh: '对象', en: 'an object' },
  record: { zh: '对象', en: 'an object' },
  date: { zh: '日期', en: 'a date' },
};

function typeText(expected: string): Text {
  const name = TYPE_NAMES[expected] ?? { zh: expected, en: expected };
  return { zh: `类型不正确，应为${name.zh}`, en: `Must be ${name.en}` };
}

function sizeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Text {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  const inclusive = issue.inclusive !== false;
  if (issue.origin === 'string') {
    if (small && bound === 1) return { zh: '此字段不能为空', en: 'Must not be empty' };
    return small
      ? { zh: `长度不能少于 ${bound} 个字符`, en: `Must have at least ${counted(bound, 'character')}` }
      : { zh: `长度不能超过 ${bound} 个字符`, en: `Must have at most ${counted(bound, 'character')}` };
  }
  if (issue.origin === 'array' || issue.origin === 'set')
    return small
      ? { zh: `至少需要 ${bound} 项`, en: `Must have at least ${counted(bound, 'item')}` }
      : { zh: `最多允许 ${bound} 项`, en: `Must have at most ${counted(bound, 'item')}` };
  const zh = small ? (inclusive ? '必须大于或等于' : '必须大于') : inclusive ? '必须小于或等于' : '必须小于';
  const en = small
    ? inclusive
      ? 'Must be at least'
      : 'Must be greater than'
    : inclusive
      ? 'Must be at most'
      : 'Must be less than';
  return { zh: `${zh} ${bound}`, en: `${en} ${bound}` };
}

const REQUIRED: Text = { zh: '此字段为必填项', en: 'This field is required' };
/** A field that is not there: what it would have to look like is no answer yet. */
const isMissing = ({ code, input, path }: Issue): boolean =>
  (code === 'invalid_type' || code === 'invalid_union') && input === undefined && path.length > 0;

function textOf(issue: Issue): Text {
  const own = isMissing(issue) ? REQUIRED : unbox(issue.message);
  if (own) return own;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return REQUIRED;
      if (issue.input === null) return { zh: '此字段不能为空', en: 'Must not be null' };
      return typeText(issue.expected);
    case 'too_small':
    case 'too_big':
      return sizeText(issue);
    case 'invalid_format':
      if (issue.format === 'regex') return { zh: '格式不正确', en: 'The format is wrong' };
      return { zh: `格式不正确（${issue.format}）`, en: `The format is wrong (${issue.format})` };
    case 'invalid_value':
      if (issue.input === undefined) return REQUIRED;
      return {
        zh: `无效的值，可选：${issue.values.join('、')}`,
        en: `Must be one of: ${issue.values.join(', ')}`,
      };
    case 'not_multiple_of':
      return { zh: `必须是 ${issue.divisor} 的倍数`, en: `Must be a multiple of ${issue.divisor}` };
    case 'unrecognized_keys':
      return { zh: '未知的字段', en: 'Unknown field' };
    default:
      return { zh: '无效的值', en: 'Not a valid value' };
  }
}

/** Name of the field that a client would look for: `device_info.os_info.name`, `users.0.points`; `body` for the whole. */
const fieldName = (path: readonly PropertyKey[], whole: string): string =>
  path.map(String).join('.') || whole;

/** Reads zod's issues into messages by field. `whole` names what has no field of its own (default `body`). */
export function fieldErrors(issues: readonly Issue[], whole = 'body'): FieldTexts {
  const fields: Record<string, Text[]> = Object.create(null);
  const add = (field: string, text: Text) => {
    const list = (fields[field] ??= []);
    if (!list.some((known) => known.zh === text.zh)) list.push(text);
  };
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add(fieldName([...issue.path, key], whole), textOf(issue));
    else if (
      issue.code === 'invalid_union' &&
      issue.errors.length > 0 &&
      !isMissing(issue) &&
      !unbox(issue.message)
    ) {
      // The branch that came closest speaks for the union; the others would only confuse.
      const closest = [...issue.errors].sort((left, right) => left.length - right.length)[0] ?? [];
      for (const inner of closest) add(fieldName([...issue.path, ...inner.path], whole), textOf(inner));
    } else add(fieldName(issue.path, whole), textOf(issue));
  }
  return { ...fields };
}
