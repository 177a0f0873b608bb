/** A field of a form: its words, its rules, and the control of its kind. */
import { useEffect } from 'react';
import { AutoComplete, Checkbox, Form, Input, InputNumber, Select, Switch } from 'antd';
import { usePlace } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { Conditions } from './conditions-control.tsx';
import { wrongInConditions, type ConditionRow } from './conditions.ts';
import { inside, wrongNumber, type Field, type FieldKind } from './fields.ts';
import { LicencePicker } from './licence-picker.tsx';
import { MemberPicker } from './member-picker.tsx';
import { Pairs } from './pairs-control.tsx';
import { suggestions } from './typed-control.tsx';
import { wrongInPairs, type Pair } from './typed-value.ts';

/** Kinds that are filled in as rows; they need more room than others. */
export const HAS_ROWS: readonly FieldKind[] = ['pairs', 'conditions'];

export function FieldItem({ field }: { field: Field }) {
  return field.narrowed ? <NarrowedField field={field} {...field.narrowed} /> : <PlainField field={field} />;
}

/** What can be chosen follows from another field: what was chosen before and is not there any more is taken back. */
function NarrowedField({ field, by, to }: { field: Field } & NonNullable<Field['narrowed']>) {
  const form = Form.useFormInstance();
  const choices = to(Form.useWatch(by, form));
  const chosen: unknown = Form.useWatch(field.name, form);
  const isGone =
    field.kind === 'choice' && chosen !== undefined && !choices.some(({ value }) => value === chosen);
  useEffect(() => {
    if (isGone) form.setFieldValue(field.name, undefined);
  }, [isGone, form, field.name]);
  return <PlainField field={{ ...field, choices }} />;
}

function PlainField({ field }: { field: Field }) {
  const say = useSay();
  const { timezone } = usePlace();
  const { name, label, kind = 'text', isRequired = false, help, choices = [], of = ['text'] } = field;
  if (kind === 'group')
    return (
      <fieldset>
        <legend>{say(label)}</legend>
        {help && <p className="faint">{say(help)}</p>}
        {inside(field).map((one) => (
          <FieldItem key={one.name} field={one} />
        ))}
      </fieldset>
    );
  const words = say(
    kind === 'instant' ? { zh: `${label.zh}（${timezone}）`, en: `${label.en} (${timezone})` } : label,
  );
  const options = choices.map(({ value, label: one }) => ({
    value,
    label: typeof one === 'string' ? one : say(one),
  }));
  const checked = (wrong: Text | undefined) =>
    wrong ? Promise.reject(new Error(say(wrong))) : Promise.resolve();
  const rules = [
    ...(isRequired ? [{ required: true, message: say({ zh: '必填', en: 'This is needed' }) }] : []),
    // Told, and not put right: a number that changes by itself while one looks elsewhere is sent unseen.
    ...(kind === 'whole' || kind === 'number'
      ? [{ validator: (_rule: unknown, value: unknown) => checked(wrongNumber(field, value)) }]
      : []),
    ...(kind === 'pairs'
      ? [{ validator: (_rule: unknown, pairs: Pair[] = []) => checked(wrongInPairs(pairs)) }]
      : []),
    ...(kind === 'conditions'
      ? [{ validator: (_rule: unknown, rows: ConditionRow[] = []) => checked(wrongInConditions(rows)) }]
      : []),
  ];
  const control = {
    text: <Input maxLength={2_000} autoComplete="off" />,
    suggested: <AutoComplete {...suggestions(choices, say)} />,
    secret: <Input.Password maxLength={1_024} autoComplete="new-password" />,
    long: <Input.TextArea rows={3} maxLength={60_000} />,
    lines: <Input.TextArea rows={5} />,
    whole: <InputNumber style={{ width: '100%' }} />,
    number: <InputNumber style={{ width: '100%' }} />,
    switch: <Switch />,
    choice: <Select allowClear={!isRequired} showSearch={{ optionFilterProp: 'label' }} options={options} />,
    // A list that opens would lie over what confirms.
    many: <Checkbox.Group role="group" aria-label={words} options={options} className="many" />,
    instant: <Input type="datetime-local" />,
    member: <MemberPicker />,
    licence: <LicencePicker />,
    pairs: <Pairs words={words} of={of} names={choices} />,
    conditions: <Conditions words={words} names={choices} />,
  }[kind];
  return (
    <Form.Item
      name={name}
      label={words}
      rules={rules}
      {...(help ? { extra: say(help) } : {})}
      {...(kind === 'switch' ? { valuePropName: 'checked' } : {})}
      // Rows are filled in one part after the other: what is wrong is said once somebody confirms.
      {...(HAS_ROWS.includes(kind) ? { validateTrigger: [] } : {})}
    >
      {control}
    </Form.Item>
  );
}
