/** What has to hold of an event: a field of its data, how it compares, and with what. */
import { Input, Select } from 'antd';
import { useSay } from '../preferences.ts';
import { OPERATOR_WORDS, OPERATORS, withOperator, type ConditionRow, type Operator } from './conditions.ts';
import { RowsToFill, TypedControl } from './typed-control.tsx';

const NEW: ConditionRow = { field: '', operator: 'eq', kind: 'text' };

export function Conditions({
  id,
  words,
  value = [],
  onChange,
}: {
  id?: string;
  words: string;
  value?: readonly ConditionRow[];
  onChange?: (rows: readonly ConditionRow[]) => void;
}) {
  const say = useSay();
  const change = (index: number, row: ConditionRow) =>
    onChange?.(value.map((one, place) => (place === index ? row : one)));
  return (
    <RowsToFill
      id={id}
      words={words}
      add={say({ zh: '添加条件', en: 'Add a condition' })}
      onAdd={() => onChange?.([...value, NEW])}
      onRemove={(index) => onChange?.(value.filter((_one, place) => place !== index))}
      rows={value.map((row, index) => (
        <>
          <Input
            aria-label={`${words} ${index + 1} ${say({ zh: '字段', en: 'field' })}`}
            placeholder={say({ zh: '字段，如 assignment_type', en: 'Field, such as assignment_type' })}
            value={row.field}
            onChange={({ target }) => change(index, { ...row, field: target.value })}
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
            onChange={(typed) => change(index, { field: row.field, operator: row.operator, ...typed })}
          />
        </>
      ))}
    />
  );
}
