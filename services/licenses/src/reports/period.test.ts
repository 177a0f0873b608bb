import { daysOf, periodOf } from './period.ts';

const today = '2026-03-10';
test('the last 30 days, today among them, unless said', () => {
  expect(periodOf({}, today)).toEqual({ from: '2026-02-09', to: today });
  expect(daysOf(periodOf({}, today))).toHaveLength(30);
  expect(periodOf({ date_to: '2026-01-30' }, today)).toEqual({ from: '2026-01-01', to: '2026-01-30' });
  expect(periodOf({ date_from: '2026-03-01' }, today)).toEqual({ from: '2026-03-01', to: today });
  expect(periodOf({ date_from: '2026-04-01' }, today)).toEqual({ from: '2026-04-01', to: '2026-04-01' });
});
test('366 days are taken, 367 are not; nor is an end before the start', () => {
  expect(daysOf(periodOf({ date_from: '2025-03-10', date_to: today }, today))).toHaveLength(366);
  expect(() => periodOf({ date_from: '2025-03-09', date_to: today }, today)).toThrow('VALIDATION_ERROR');
  expect(() => periodOf({ date_from: '2026-03-02', date_to: '2026-03-01' }, today)).toThrow(
    'VALIDATION_ERROR',
  );
});
