import { conditionRows, conditionsOf, withOperator, wrongInConditions } from './conditions.ts';

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
