import { Refusal } from '@membership/contracts/errors';
import { periodOf } from './period.ts';
import { stretchesOf } from './stretches.ts';

const now = new Date('2026-02-14T17:00:00Z');

describe('the period of a statistic', () => {
  test('is the last 30 days unless asked otherwise, today as the zone counts it', () => {
    expect(periodOf({}, 'UTC', now)).toMatchObject({ first: '2026-01-16', last: '2026-02-14' });
    expect(periodOf({}, 'Asia/Shanghai', now)).toMatchObject({ first: '2026-01-17', last: '2026-02-15' });
  });

  test('includes both of its ends', () => {
    const period = periodOf({ date_from: '2026-02-01', date_to: '2026-02-01' }, 'Asia/Shanghai', now);
    expect(period.from.toISOString()).toBe('2026-01-31T16:00:00.000Z');
    expect(period.until.toISOString()).toBe('2026-02-01T16:00:00.000Z');
  });

  test('with one end given reaches 30 days back from the other', () => {
    expect(periodOf({ date_to: '2025-03-30' }, 'UTC', now)).toMatchObject({
      first: '2025-03-01',
      last: '2025-03-30',
    });
    expect(periodOf({ date_from: '2026-02-10' }, 'UTC', now)).toMatchObject({
      first: '2026-02-10',
      last: '2026-02-14',
    });
  });

  test.each(['UTC', 'America/New_York', 'Asia/Shanghai'])(
    'in %s has no moment that is written with more than four figures of a year',
    (zone) => {
      const period = periodOf({ date_from: '9999-12-31', date_to: '9999-12-31' }, zone, now);
      const stretches = stretchesOf(period, 'hour');
      for (const { from, until } of [period, ...stretches]) {
        expect([from, until].map((moment) => moment.toISOString())).toEqual([
          expect.stringMatching(/^9999-/),
          expect.stringMatching(/^9999-/),
        ]);
        expect(from < until).toBe(true);
      }
      expect(stretches.at(-1)?.until).toEqual(period.until);
    },
  );

  test('an end before its start is refused, and the field is named', () => {
    expect(() => periodOf({ date_from: '2026-02-02', date_to: '2026-02-01' }, 'UTC', now)).toThrow(Refusal);
    expect(() => periodOf({ date_from: '2026-02-15' }, 'UTC', now)).toThrow(/VALIDATION_ERROR/);
  });
});
