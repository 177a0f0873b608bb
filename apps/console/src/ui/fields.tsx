/** Fields of a form: what is asked, what is sent for what was typed, and the platform's own sentences at them. */
import { Checkbox, Form, Input, InputNumber, Select, Switch } from 'antd';
import { MembershipError } from '@membership/client';
import { usePlace } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { instantOf, wallOf } from './format.ts';
import { MemberPicker } from './member-picker.tsx';
import { valueAt } from './nested.ts';

type Choice = { readonly value: string | number | boolean; readonly label: Text | string };
export type Field<Name extends string = string> = {
  readonly name: Name;
  readonly label: Text;
  readonly kind?:
    | 'text'
    | 'long'
    | 'secret'
    | 'whole'
    | 'number'
    | 'switch'
    | 'choice'
    | 'many'
    | 'json'
    | 'instant'
    | 'lines'
    | 'member';
  readonly choices?: readonly Choice[];
  readonly isRequired?: boolean;
  readonly help?: Text;
  readonly min?: number;
  readonly max?: number;
};
/** Why something is done: it stands in the record of it. */
export const REASON = { name: 'reason', label: { zh: '原因', en: 'Reason' }, kind: 'long' } as const;
/** Whom it is done for, chosen as one types. */
export const MEMBER = {
  name: 'member_id',
  label: { zh: '成员', en: 'Member' },
  kind: 'member',
  isRequired: true,
} as const;
export type Values = Readonly<Record<string, unknown>>;
export function FieldItem({ field }: { field: Field }) {
  const say = useSay();
  const { name, label, kind = 'text', isRequired = false, help, choices = [], min, max } = field;
  const { timezone } = usePlace();
  const words = kind === 'instant' ? `${say(label)}（${timezone}）` : say(label);
  const rules = [
    ...(isRequired ? [{ required: true, message: say({ zh: '必填', en: 'This is needed' }) }] : []),
    ...(kind === 'json'
      ? [
          {
            validator: (_rule: unknown, text?: string) =>
              isJson(text)
                ? Promise.resolve()
                : Promise.reject(new Error(say({ zh: '不是有效的 JSON', en: 'This is not JSON' }))),
          },
        ]
      : []),
  ];
  const options = choices.map(({ value, label: one }) => ({
    value,
    label: typeof one === 'string' ? one : say(one),
  }));
  const control = {
    text: <Input maxLength={2_000} autoComplete="off" />,
    secret: <Input.Password maxLength={1_024} autoComplete="new-password" />,
    long: <Input.TextArea rows={3} maxLength={60_000} />,
    lines: <Input.TextArea rows={5} />,
    json: <Input.TextArea rows={5} spellCheck={false} className="mono" />,
    whole: <InputNumber precision={0} style={{ width: '100%' }} {...bounds(min, max)} />,
    number: <InputNumber style={{ width: '100%' }} {...bounds(min, max)} />,
    switch: <Switch />,
    choice: <Select allowClear={!isRequired} showSearch={{ optionFilterProp: 'label' }} options={options} />,
    // A list that opens would lie over what confirms.
    many: <Checkbox.Group role="group" aria-label={words} options={options} className="many" />,
    instant: <Input type="datetime-local" />,
    member: <MemberPicker />,
  }[kind];
  return (
    <Form.Item
      name={name}
      label={words}
      rules={rules}
      {...(help ? { extra: say(help) } : {})}
      {...(kind === 'switch' ? { valuePropName: 'checked' } : {})}
    >
      {control}
    </Form.Item>
  );
}
const bounds = (min: number | undefined, max: number | undefined) => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
function isJson(text: string | undefined): boolean {
  if (!text?.trim()) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What the fields begin with. */
export const formOf = (
  fields: readonly Field[],
  initial: Values,
  timezone: string,
): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap(({ name, kind }) => {
      const value = valueAt(initial, name);
      if (value === undefined) return [];
      if (kind === 'json') return value === null ? [] : [[name, JSON.stringify(value, null, 2)]];
      if (kind === 'lines' && Array.isArray(value)) return [[name, value.join('\n')]];
      if (kind === 'instant') return typeof value === 'string' ? [[name, wallOf(value, timezone)]] : [];
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
  for (const { name, kind } of fields) {
    const value = values[name];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value.trim() : '';
    if (kind === 'json') read[name] = text ? JSON.parse(text) : null;
    else if (kind === 'lines')
      read[name] = text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    else if (kind === 'instant')
      read[name] = text ? instantOf(text.length === 16 ? `${text}:00` : text, timezone) : null;
    else if (value !== '' || kind === 'long') read[name] = value;
  }
  return read;
}
/** What differs from before. A choice that was cleared is none, a text that was emptied is empty. */
export const differing = (fields: readonly Field[], now: Values, before: Values): Values =>
  Object.fromEntries(
    fields.flatMap(({ name, kind }) => {
      const emptied = name in before ? (kind === 'choice' || kind === 'member' ? null : '') : undefined;
      const value = name in now ? now[name] : emptied;
      return JSON.stringify(value) === JSON.stringify(before[name]) ? [] : [[name, value]];
    }),
  );

/** The platform has answered what became of it; a lost answer or OUTCOME_UNKNOWN leaves that open. */
export const isDecided = (error: unknown): boolean =>
  error instanceof MembershipError
    ? error.status < 500 && error.status !== 408
    : error instanceof Error && error.name === 'SessionOver';

/** The platform's sentences at the fields that they are about. */
export const fieldErrors = ({ details }: MembershipError, fields: readonly Field[]) =>
  fields.flatMap(({ name }) => {
    const found = details[name];
    const errors = (Array.isArray(found) ? found : found === undefined ? [] : [found]).filter(
      (one) => typeof one === 'string',
    );
    return errors.length > 0 ? [{ name, errors }] : [];
  });
