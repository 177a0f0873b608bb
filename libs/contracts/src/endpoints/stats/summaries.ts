/** VIP tags, licences and applications of a tenant: how they are now, and what happened in a period. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, id, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { asOf, compare, periodFields } from './period.ts';

const family = {
  service: 'stats',
  dialect: 'drf',
  tag: 'Statistics',
  method: 'get',
  access: ['admin'],
  kind: 'object',
} as const;
const named = (zh: string, en: string) => count.meta({ description: both(zh, en) });
const percent = (zh: string, en: string) =>
  z
    .number()
    .nullable()
    .meta({ description: both(zh, en) });
const days = { date_from: day, date_to: day };
const head = { as_of: asOf, tz: z.string(), ...days };
const before = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .object(shape)
    .optional()
    .meta({ description: both('仅在 `compare=previous` 时', 'With `compare=previous` alone') });
const asked = { ...periodFields, compare };
const OCTOBER = {
  as_of: '2026-10-31T15:00:00.000Z',
  tz: 'Asia/Shanghai',
  date_from: '2026-10-02',
  date_to: '2026-10-31',
};

const tagStatuses = { active: count, grace: count, suspended: count, expired: count, revoked: count };
const tagSteps = {
  granted: count,
  renewed: count,
  suspended: count,
  resumed: count,
  expired: count,
  revoked: count,
};
const purchases = z.object({
  asked: count,
  asked_by_renewal: named('其中由自动续期发起的', 'Of these, started by an auto-renewal'),
  completed: count,
  failed: count,
  failed_by_reason: z.array(z.object({ reason: z.string(), purchases: count })).meta({
    description: both('按失败原因，最多的在前', 'By the reason told, the most frequent first'),
  }),
  points: named('完成的购买所付的积分', 'Points that the completed ones cost'),
});
const vipPeriod = { ...tagSteps, purchases };
const churn = z.object({
  month: z.string().meta({ description: both('租户时区的月份', 'A month of the zone') }),
  held_at_start: count,
  gained: count,
  lost: count,
  held_at_end: count,
  churn_percent: percent(
    '失去的占月初持有的百分比，一位小数；月初无人持有时为 null',
    'Lost, in per cent of those held at the start, one decimal; null where nobody held one',
  ),
});
const steps = { granted: 12, renewed: 30, suspended: 1, resumed: 1, expired: 4, revoked: 1 };
const bought = {
  asked: 45,
  asked_by_renewal: 20,
  completed: 38,
  failed: 7,
  failed_by_reason: [{ reason: 'INSUFFICIENT_POINTS', purchases: 7 }],
  points: 376_200,
};
const october = {
  ...{ month: '2026-10', held_at_start: 80, gained: 12, lost: 5, held_at_end: 87, churn_percent: 6.3 },
};

export const getVipStatistics = endpoint({
  ...family,
  name: 'getVipStatistics',
  path: '/api/v1/stats/vip/summary/',
  summary: { zh: 'VIP 标签：现状、购买与流失', en: 'VIP tags: how many there are, purchases, churn' },
  description: {
    zh: '现状：会员的标签按状态，`vip_members` 为持有生效标签（激活或宽限期）的会员数，`auto_renewing` 为会自动续期的标签数。期间：每一步各计一次；申请的购买按申请之日、完成与失败的按其结束之日计，因此三者未必相等。流失：期间末日所在月份及之前共 `months` 个月，按 `tz` 的日历；激活、宽限期和暂停都算持有，到期（宽限期结束）或收回时失去，此后再次获得则计为新获得。最多366天。`compare=previous` 另给出紧接在前、天数相同的期间，合计在 `previous`，每个标签的在其自己的 `previous`；其中的 `churn` 为之前同样多的月份。现状没有之前的。',
    en: 'Now: members’ tags by status; `vip_members` have one that gives its privileges (active or in grace), `auto_renewing` counts the tags that renew themselves. In the period: each step counts once; a purchase counts as asked on the day when it was asked for, as completed or failed on the day when it ended, so that the three need not match. Churn: the month of the period’s last day and those before, `months` in all, by the calendar of `tz`; a tag is held while active, in grace or suspended, lost when its grace is over or when it is revoked, and gained anew by who gets it again. At most 366 days. `compare=previous` adds the period of as many days just before, in all in `previous` and of each tag in a `previous` of its own; `churn` of these is of as many months before. How things are now has none.',
  },
  query: z.strictObject({
    ...asked,
    months: queryInteger(1, 36)
      .default(12)
      .meta({ description: both('流失表的月数', 'How many months of churn') }),
  }),
  response: z.object({
    ...head,
    vip_members: count,
    auto_renewing: count,
    by_status: z.object(tagStatuses),
    ...vipPeriod,
    churn: z.array(churn),
    tags: z.array(
      z.object({
        tag_id: id,
        tag_name: z.string(),
        tag_code: z
          .string()
          .nullable()
          .meta({
            description: both('未被告知时为 null', 'Null where it was never told'),
          }),
        is_retired: z.boolean(),
        auto_renewing: count,
        by_status: z.object(tagStatuses),
        ...tagSteps,
        churn: z.array(churn),
        previous: before({ ...tagSteps, churn: z.array(churn) }),
      }),
    ),
    previous: z.object({ ...days, ...vipPeriod, churn: z.array(churn) }).optional(),
  }),
  examples: {
    response: {
      ...OCTOBER,
      ...{ vip_members: 86, auto_renewing: 40 },
      by_status: { active: 80, grace: 6, suspended: 1, expired: 30, revoked: 4 },
      ...steps,
      purchases: bought,
      churn: [october],
      tags: [
        {
          ...{ tag_id: 1, tag_name: 'VIP金牌', tag_code: 'VIP_GOLD', is_retired: false, auto_renewing: 40 },
          by_status: { active: 80, grace: 6, suspended: 1, expired: 30, revoked: 4 },
          ...steps,
          churn: [october],
        },
      ],
    },
  },
});

const funnel = {
  issued: named('签发的许可证，含已结束的', 'Licences issued, those that ended too'),
  seats: named('有效许可证的激活名额之和', 'Activations that active licences allow, in all'),
  assigned: named('分配，含已结束的', 'Assignments, those that ended too'),
  activated: named('激活过的分配', 'Assignments that were ever activated'),
  used_in_30_days: named('最近30天内上报过使用的分配', 'Assignments with usage reported of the last 30 days'),
  used_in_7_days: named('最近7天内上报过使用的分配', 'Assignments with usage reported of the last 7 days'),
};
const licensePeriod = {
  issued: count,
  assigned: count,
  activated: count,
  revoked: named('撤销的分配', 'Assignments revoked'),
  expired: named('到期的分配', 'Assignments that ended'),
  usage_hours: z
    .number()
    .min(0)
    .meta({ description: both('两位小数', 'Two decimals') }),
};
const licenseStatuses = { active: count, revoked: count, expired: count };
const assignmentStatuses = {
  assigned: count,
  active: count,
  suspended: count,
  revoked: count,
  expired: count,
};
const funnelExample = {
  ...{ issued: 12, seats: 60, assigned: 40, activated: 31, used_in_30_days: 25, used_in_7_days: 18 },
};
const licensesInPeriod = { issued: 2, assigned: 8, activated: 6, revoked: 1, expired: 0, usage_hours: 412.5 };
const byStatus = {
  licenses: { active: 10, revoked: 1, expired: 1 },
  assignments: { assigned: 6, active: 30, suspended: 1, revoked: 2, expired: 1 },
};

export const getLicenseStatistics = endpoint({
  ...family,
  name: 'getLicenseStatistics',
  path: '/api/v1/stats/licenses/summary/',
  summary: { zh: '许可证：从签发到使用的漏斗', en: 'Licences: the funnel from issuing to use' },
  description: {
    zh: '`funnel` 为全部时间：签发 → 分配 → 激活 → 最近30天、7天使用过。使用指设备上报的使用时段，按其结束时间计，精确到一刻钟；只发心跳而不上报使用的不计。`period` 为期间内发生的。各套餐一行，按产品和套餐；名称为现在的名称。最多366天。`compare=previous` 另给出紧接在前、天数相同的期间，合计在 `previous`，每个套餐的在其自己的 `previous`；漏斗和状态是现在的，没有之前的。',
    en: '`funnel` is of all time: issued → assigned → activated → used in the last 30 and 7 days. Use is what devices report, by when an interval ended, to the quarter hour; who sends heartbeats alone reports none. `period` is what happened in the days asked for. A row for each plan, by product and plan, with the names that they have now. At most 366 days. `compare=previous` adds the period of as many days just before, in all in `previous` and of each plan in a `previous` of its own; funnel and statuses are of now and have none.',
  },
  query: z.strictObject(asked),
  response: z.object({
    ...head,
    licenses: z.object(licenseStatuses),
    assignments: z.object(assignmentStatuses),
    funnel: z.object(funnel),
    period: z.object(licensePeriod),
    plans: z.array(
      z.object({
        product_id: id.nullable(),
        product_name: z.string(),
        plan_id: id,
        plan_name: z.string(),
        licenses: z.object(licenseStatuses),
        assignments: z.object(assignmentStatuses),
        funnel: z.object(funnel),
        period: z.object(licensePeriod),
        previous: before({ period: z.object(licensePeriod) }),
      }),
    ),
    previous: z.object({ ...days, period: z.object(licensePeriod) }).optional(),
  }),
  examples: {
    response: {
      ...OCTOBER,
      ...byStatus,
      funnel: funnelExample,
      period: licensesInPeriod,
      plans: [
        {
          ...{ product_id: 1, product_name: 'SuperApp Pro', plan_id: 2, plan_name: '专业版' },
          ...byStatus,
          funnel: funnelExample,
          period: licensesInPeriod,
        },
      ],
    },
  },
});

const applicationPeriod = {
  articles_written: count,
  feedback_opened: count,
  feedback_closed: count,
};
const applicationStatuses = {
  ...{ development: count, testing: count, active: count, maintenance: count, deprecated: count },
  ...{ archived: count, inactive: count },
};
const applicationNow = {
  articles: named('未删除的文章，草稿也计', 'Articles that were not deleted, drafts too'),
  published_articles: count,
  open_feedback: count,
  closed_feedback: count,
  licenses: named('有效的许可证', 'Active licences'),
  active_assignments: named('已激活且未结束的分配', 'Assignments that are active'),
};
const appNow = {
  ...{ articles: 8, published_articles: 6, open_feedback: 2, closed_feedback: 14, licenses: 10 },
  active_assignments: 30,
};
const appPeriod = { articles_written: 1, feedback_opened: 3, feedback_closed: 4 };

export const getApplicationStatistics = endpoint({
  ...family,
  name: 'getApplicationStatistics',
  path: '/api/v1/stats/applications/summary/',
  summary: { zh: '应用：文章、反馈与许可证', en: 'Applications: articles, feedback, licences' },
  description: {
    zh: '未删除的应用按状态计数，各一行。`period` 为期间内撰写的文章、提交和关闭的反馈，包括已删除应用的。许可证与分配按其产品所属的应用计。最多366天。`compare=previous` 另给出紧接在前、天数相同的期间，合计在 `previous`，每个应用的在其自己的 `previous`；现状没有之前的。',
    en: 'Applications that are not deleted by status, and a row for each. `period` holds articles written, feedback given and closed in the days asked for, of deleted applications too. Licences and assignments count for the application of their product. At most 366 days. `compare=previous` adds the period of as many days just before, in all in `previous` and of each application in a `previous` of its own; how things are now has none.',
  },
  query: z.strictObject(asked),
  response: z.object({
    ...head,
    total: count,
    by_status: z.object(applicationStatuses),
    ...applicationNow,
    period: z.object(applicationPeriod),
    applications: z.array(
      z.object({
        application_id: id,
        name: z.string(),
        code: z.string(),
        status: z.string(),
        ...applicationNow,
        period: z.object(applicationPeriod),
        previous: before({ period: z.object(applicationPeriod) }),
      }),
    ),
    previous: z.object({ ...days, period: z.object(applicationPeriod) }).optional(),
  }),
  examples: {
    response: {
      ...OCTOBER,
      total: 1,
      by_status: {
        ...{ development: 0, testing: 0, active: 1, maintenance: 0, deprecated: 0, archived: 0, inactive: 0 },
      },
      ...appNow,
      period: appPeriod,
      applications: [
        {
          ...{ application_id: 1, name: '测试应用', code: 'super_app', status: 'active' },
          ...appNow,
          period: appPeriod,
        },
      ],
    },
  },
});
