/** Reports on licences (seed 002): usage, what ends soon, and who uses what. JSON, or CSV with `format=csv`. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { count, day, id, idFilter, instant, ordering, pageQuery, queryInteger } from '../../schemas.ts';
import { both } from '../../text.ts';
import { assignmentRow, assignmentRowExample } from './assignments.ts';

export const usageGroups = ['product', 'plan', 'user', 'date'] as const;
const head = {
  service: 'licenses',
  access: ['admin'],
  dialect: 'data',
  tag: 'Licence reports',
  method: 'get',
  alsoAs: ['text/csv'],
} as const;
const format = z.enum(['json', 'csv']).default('json');
const period = { date_from: day.optional(), date_to: day.optional() };
const amounts = {
  /** Assignments made in the period. */
  assignments: count,
  /** Assignments activated for the first time in the period. */
  activations: count,
  /** Devices that were bound at the end of the period. */
  active_devices: count,
  /** Hours of devices: two at the same time count twice. */
  usage_hours: z.number(),
};
const amountsExample = { assignments: 12, activations: 10, active_devices: 9, usage_hours: 120.5 };

export const reportLicenseUsage = endpoint({
  ...head,
  name: 'reportLicenseUsage',
  path: '/api/v1/reports/license-usage/',
  kind: 'object',
  summary: { zh: '许可证使用统计', en: 'Report on the use of licences' },
  description: {
    zh: '默认为最近30天，最多366天；日期按租户时区计算。按产品、套餐或用户：用得最多的在前；按日期：每天一行。按用户时分页（20条，最多100条）：自 `date_from` 以来有过动作的成员，最近的在前；带 `product_id` 时数字只计该产品，未使用过该产品的成员为零。`totals` 为所有行的合计，与页码无关。CSV 最多10,000行。',
    en: 'The last 30 days unless dated, at most 366; days are the tenant’s. By product, plan or user: the most used first; by date: every day. By user it is paged (20, at most 100): members about whom something happened since `date_from`, the latest first; with `product_id` their figures are of that product, and those who did nothing with it have zeros. `totals` are of all rows, on whatever page. CSV has up to 10,000 rows.',
  },
  query: z.strictObject({
    tenant: idFilter.optional(),
    tenant_id: idFilter.optional(),
    product_id: idFilter.optional(),
    ...period,
    group_by: z.enum(usageGroups).default('product'),
    format,
    ...pageQuery(20),
  }),
  response: z.object({
    group_by: z.enum(usageGroups),
    date_from: day,
    date_to: day,
    rows: z.array(
      z.object({
        /** The id of the product, plan or user; the day. */
        key: z.union([id, day]),
        label: z.string(),
        ...amounts,
      }),
    ),
    totals: z.object(amounts),
    /** By user alone. */
    page_info: z.object({ current_page: count, total_pages: count, page_size: count }).nullable(),
  }),
  examples: {
    response: {
      group_by: 'product',
      date_from: '2024-08-26',
      date_to: '2024-09-24',
      rows: [{ key: 2, label: 'SuperApp Pro', ...amountsExample }],
      totals: amountsExample,
      page_info: null,
    },
    files: {
      'text/csv':
        'key,label,assignments,activations,active_devices,usage_hours\r\n2,SuperApp Pro,12,10,9,120.5\r\n',
    },
  },
});

/** Beside counts that stop at 10,000. */
const estimate = z
  .literal(true)
  .optional()
  .meta({ description: both('有计数到达10,000', 'A count stopped at 10,000') });

export const alertSeverities = ['critical', 'warning', 'notice'] as const;
export const reportExpiryAlerts = endpoint({
  ...head,
  name: 'reportExpiryAlerts',
  path: '/api/v1/reports/expiry-alerts/',
  kind: 'list',
  summary: { zh: '到期预警报告', en: 'Report on assignments that end soon' },
  description: {
    zh: '`alert_days` 天内到期的分配，最早到期的在前。`severity`：7天内为 critical，30天内为 warning，其余为 notice。各行之外还有 `alert_days` 和按级别计数的 `summary`；各自计数到10,000为止，到达上限时附带 `is_estimate`。',
    en: 'Assignments that end within `alert_days`, the soonest first. `severity`: critical within 7 days, warning within 30, else notice. Beside the rows stand `alert_days` and `summary` with the number of each; each is counted on its own up to 10,000, and `is_estimate` stands beside them where one stops there.',
  },
  query: z.strictObject({
    alert_days: queryInteger(1, 366).default(30),
    format,
    ...pageQuery(20),
  }),
  response: assignmentRow.extend({ severity: z.enum(alertSeverities) }),
  beside: z.object({
    alert_days: count,
    summary: z.object({ critical: count, warning: count, notice: count, is_estimate: estimate }),
  }),
  examples: {
    beside: { alert_days: 30, summary: { critical: 1, warning: 0, notice: 0 } },
    response: {
      ...assignmentRowExample,
      expires_at: '2024-10-01T10:00:00Z',
      days_until_expiry: 7,
      severity: 'warning',
    },
    files: {
      'text/csv':
        'id,username,email,license_key,product_name,plan_name,status,expires_at,days_until_expiry,severity\r\n' +
        '1,john_doe,john@example.com,ABC-DEF-GHI,SuperApp Pro,Standard,active,2024-10-01T10:00:00.000Z,7,warning\r\n',
    },
  },
});

export const reportUserActivity = endpoint({
  ...head,
  name: 'reportUserActivity',
  path: '/api/v1/reports/user-activity/',
  kind: 'list',
  summary: { zh: '用户活跃度报告', en: 'Report on the activity of members' },
  description: {
    zh: '持有过许可证的成员：现在持有什么，以及在此期间做了什么（默认最近30天，最多366天）。`is_active`：其设备在此期间或之后有过联系。最近使用的在前，除非 `ordering=last_used_at`。各行之外还有统计期间和 `summary` {members, active_members, inactive_members}；各自计数到10,000为止，到达上限时附带 `is_estimate`。',
    en: 'Members that have had a licence: what they hold now, and what they did in the period (the last 30 days unless dated, at most 366). `is_active`: a device of theirs was heard from in or after the period. The latest used first, unless `ordering=last_used_at`. Beside the rows stand the period and `summary` {members, active_members, inactive_members}; each is counted on its own up to 10,000, and `is_estimate` stands beside them where one stops there.',
  },
  query: z.strictObject({
    ...period,
    ordering: ordering(['last_used_at'], '-last_used_at'),
    format,
    ...pageQuery(20),
  }),
  response: z.object({
    member: z.object({ id, username: z.string().nullable(), email: z.string().nullable() }),
    is_active: z.boolean(),
    last_used_at: instant.nullable(),
    /** Now: assigned, active or suspended. */
    open_assignments: count,
    /** Now. */
    bound_devices: count,
    activations: count,
    usage_hours: z.number(),
  }),
  beside: z.object({
    date_from: day,
    date_to: day,
    summary: z.object({
      members: count,
      active_members: count,
      inactive_members: count,
      is_estimate: estimate,
    }),
  }),
  examples: {
    beside: {
      date_from: '2024-08-26',
      date_to: '2024-09-24',
      summary: { members: 1, active_members: 1, inactive_members: 0 },
    },
    response: {
      member: { id: 10, username: 'john_doe', email: 'john@example.com' },
      is_active: true,
      last_used_at: '2024-09-24T08:15:00Z',
      open_assignments: 2,
      bound_devices: 3,
      activations: 1,
      usage_hours: 25.2,
    },
    files: {
      'text/csv':
        'member_id,username,email,is_active,last_used_at,open_assignments,bound_devices,activations,usage_hours\r\n' +
        '10,john_doe,john@example.com,true,2024-09-24T08:15:00.000Z,2,3,1,25.2\r\n',
    },
  },
});
