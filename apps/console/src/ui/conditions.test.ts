import {
  conditionRows,
  conditionsOf,
  strangeFields,
  withField,
  withOperator,
  wrongInConditions,
} from './conditions.ts';

const CONDITIONS = [
  { field: 'assignment_type', operator: 'eq', value: 'direct' },
  { field: 'days', operator: 'in', value: [7, 30] },
  { field: 'source', operator: 'in', value: ['web', 7] },
  { field: 'gone', operator: 'ne', value: null },
  { field: 'streakDays', operator: 'multiple_of', value: 7 },
] as const;

test('conditions come back from the rows that show them', () => {
  const rows = conditionRows(CONDITIONS);
  expect(wrongInConditions(rows)).toBeUndefined();
  expect(conditionsOf(rows)).toEqual(CONDITIONS);
});

test('another operator keeps what it can compare with', () => {
  const [row] = conditionRows([{ field: 'n', operator: 'gte', value: 5 }]);
  if (!row) throw new Error('no row');
  expect(conditionsOf([withOperator(row, 'lte')])).toEqual([{ field: 'n', operator: 'lte', value: 5 }]);
  expect(conditionsOf([withOperator(row, 'eq')])).toEqual([{ field: 'n', operator: 'eq', value: 5 }]);
  expect(withOperator(row, 'in')).toEqual({ field: 'n', operator: 'in', kind: 'texts' });
});

test('a field and a value are needed', () => {
  expect(wrongInConditions([{ field: ' ', operator: 'eq', kind: 'text' }])?.en).toBe(
    'A condition has no field',
  );
  expect(wrongInConditions([{ field: 'n', operator: 'gte', kind: 'number' }])?.en).toBe('n: This is needed');
});

const known = [
  { value: 'streakDays', label: 'Days', kind: 'number' },
  { value: 'planName', label: 'Plan', kind: 'text' },
  { value: 'autoRenew', label: 'Auto-renewal', kind: 'switch' },
] as const;

test('a field whose kind is known is compared as such, by an operator that can', () => {
  const row = { field: 'x', operator: 'eq', kind: 'text', value: 'a' } as const;
  expect(withField(row, 'planName', known)).toEqual({ ...row, field: 'planName' });
  expect(withField(row, 'streakDays', known)).toEqual({
    field: 'streakDays',
    operator: 'eq',
    kind: 'number',
  });
  const least = { field: 'x', operator: 'gte', kind: 'number', value: 3 } as const;
  expect(withField(least, 'streakDays', known)).toEqual({ ...least, field: 'streakDays' });
  expect(withField(least, 'planName', known)).toEqual({ field: 'planName', operator: 'eq', kind: 'text' });
  const oneOf = { field: 'x', operator: 'in', kind: 'texts', value: ['a'] } as const;
  expect(withField(oneOf, 'planName', known)).toEqual({ ...oneOf, field: 'planName' });
  expect(withField(oneOf, 'streakDays', known)).toEqual({
    ...{ field: 'streakDays', operator: 'in', kind: 'numbers' },
  });
  expect(withField(oneOf, 'autoRenew', known)).toEqual({
    ...{ field: 'autoRenew', operator: 'eq', kind: 'switch' },
  });
  // One that nobody has told of: as it was.
  expect(withField(row, 'amount', known)).toEqual({ ...row, field: 'amount' });
});

test('fields that the event does not have are told, where it is known which it has', () => {
  const rows = conditionRows(CONDITIONS);
  expect(strangeFields(rows, known)).toEqual(['assignment_type', 'days', 'source', 'gone']);
  expect(strangeFields(rows, [])).toEqual([]);
});
