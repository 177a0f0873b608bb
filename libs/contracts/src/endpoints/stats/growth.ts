/** How the number of a tenant's members grew. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, instant } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, compare, interval, periodFields } from './period.ts';

const flows = { joined: count, deactivated: count, reactivated: count };
const growthRow = z.object({
  starts_at: instant,
  ends_at: instant,
  date: day,
  ...flows,
  members: count.meta({
    description: both('该时段结束时的成员数', 'Members at the end of the stretch'),
  }),
  active_members: count.meta({
    description: both('其中未停用的', 'Those of them that were not deactivated'),
  }),
});
const growthPeriod = z.object({ date_from: day, date_to: day, ...flows, growth: z.array(growthRow) });

export const getMembersGrowth = endpoint({
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
  name: 'getMembersGrowth',
  path: '/api/v1/stats/members/growth/',
  summary: {
    zh: '按小时、日、周或月的成员增长',
    en: 'How the number of members grew by hour, day, week or month',
  },
  description: {
    zh: '期间内每个时段一行，没有变化的时段为零。新加入的（管理员也算成员）、停用的、重新启用的，各次都计；抹除不减少成员数。时段按 `tz` 的日历划分，同 `points/trends/`；末行包含当前时段时，`members` 为现有成员数，等于 `overview/`。`compare=previous` 另给出紧接在前、天数相同的期间。',
    en: 'A row for each stretch of the period, zero where nothing changed: who joined (administrators are members, too), was deactivated, was reactivated, each time it happened; an erased member is still one. Stretches follow the calendar of `tz`, as those of `points/trends/`; where the last row holds the present, `members` is how many there are, as in `overview/`. `compare=previous` adds the period of as many days just before.',
  },
  query: z.strictObject({ ...periodFields, interval, compare }),
  response: z.object({
    as_of: asOf,
    tz: z.string(),
    interval: interval.unwrap(),
    ...growthPeriod.shape,
    previous: growthPeriod.optional(),
  }),
  examples: {
    response: {
      as_of: '2026-02-14T02:00:00.000Z',
      tz: 'Asia/Shanghai',
      interval: 'day',
      date_from: '2026-02-14',
      date_to: '2026-02-14',
      joined: 3,
      deactivated: 1,
      reactivated: 0,
      growth: [
        {
          starts_at: '2026-02-13T16:00:00.000Z',
          ends_at: '2026-02-14T16:00:00.000Z',
          date: '2026-02-14',
          joined: 3,
          deactivated: 1,
          reactivated: 0,
          members: 1200,
          active_members: 1180,
        },
      ],
    },
  },
});
