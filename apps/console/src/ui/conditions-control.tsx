/** What has to hold of an event: a field of its data, how it compares, and with what. */
import { AutoComplete, Select } from 'antd';
import { useSay } from '../preferences.ts';
import {
  OPERATOR_WORDS,
  OPERATORS,
  strangeFields,
  withField,
  withOperator,
  type ConditionRow,
  type Operator,
} from './conditions.ts';
import { RowsToFill, suggestions, TypedControl } from './typed-control.tsx';
import type { Choice } from './typed-value.ts';

const NEW: ConditionRow = { field: '', operator: 'eq', kind: 'text' };

export function Conditions({
  id,
  words,
  names,
  value = [],
  onChange,
}: {
  id?: string;
  words: string;
  /** The fields of the event, where it is chosen; its shop may tell others. */
  names: readonly Choice[];
  value?: readonly ConditionRow[];
  onChange?: (rows: readonly ConditionRow[]) => void;
}) {
  const say = useSay();
  const change = (index: number, row: ConditionRow) =>
    onChange?.(value.map((one, place) => (place === index ? row : one)));
  const strange = strangeFields(value, names);
  return (
    <>
      <RowsToFill
        id={id}
        words={words}
        add={say({ zh: '添加条件', en: 'Add a condition' })}
        onAdd={() => onChange?.([...value, NEW])}
        onRemove={(index) => onChange?.(value.filter((_one, place) => place !== index))}
        rows={value.map((row, index) => (
          <>
            <AutoComplete
              {...suggestions(names, say)}
              aria-label={`${words} ${index + 1} ${say({ zh: '字段', en: 'field' })}`}
              placeholder={say({ zh: '事件的字段', en: 'A field of the event' })}
              value={row.field}
              onChange={(field: string) => change(index, withField(row, field, names))}
            />
            <Select
              aria-label={`${words} ${index + 1} ${say({ zh: '比较', en: 'compares' })}`}
              value={row.operator}
              options={(Object.keys(OPERATORS) as Operator[]).map((operator) => ({
                value: operator,
                label: say(OPERATOR_WORDS[operator]),
              }))}
              onChange={(operator) => change(index, withOperator(row, operator))}
            />
            <TypedControl
              typed={row}
              kinds={OPERATORS[row.operator]}
              words={`${words} ${index + 1}`}
              values={names.find((one) => one.value === row.field)?.values}
              onChange={(typed) => change(index, { field: row.field, operator: row.operator, ...typed })}
            />
          </>
        ))}
      />
      {strange.length > 0 && (
        <p className="faint" role="status">
          {say({
            zh: `该事件没有字段 ${strange.join('、')}：除非商店自己附带，否则条件不成立`,
            en: `The event has no field ${strange.join(', ')}: unless a shop tells it itself, the condition does not hold`,
          })}
        </p>
      )}
    </>
  );
}
