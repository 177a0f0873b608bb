/** A member's own licences (seed 002): list, activate, usage, unbind. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import {
  count,
  flag,
  id,
  idFilter,
  instant,
  instantInput,
  ordering,
  pageQuery,
  pathId,
  shortText,
} from '../../schemas.ts';
import { assignmentOrderings, assignmentRow, assignmentRowExample } from './assignments.ts';
import {
  assignmentStatuses,
  assignmentStatusFilter,
  deviceBinding,
  deviceId,
  hardwareFingerprint,
  licenseQuota,
  unboundDevice,
  usageStats,
} from './shared.ts';

const head = { service: 'licenses', access: ['member'], dialect: 'data', tag: 'My licences' } as const;
const byAssignment = z.object({ assignment_id: pathId });
const quotaExample = { max_activations: 10, current_activations: 4, available_slots: 6 };
const deviceExample = {
  device_id: 'DESKTOP-XYZ789',
  device_name: "John's Workstation",
  bound_at: '2024-09-24T10:00:00Z',
  last_seen_at: '2024-09-24T10:00:00Z',
  status: 'active',
};

/** By when the device must be heard from again to keep its slot; null where the plan has no lease. */
const leaseEnd = instant.nullable();
const usageInterval = z.object({
  device_id: z.string(),
  started_at: instant,
  ended_at: instant,
  hours: z.number(),
});
const intervalExample = {
  device_id: 'DESKTOP-XYZ789',
  started_at: '2024-09-24T06:15:00Z',
  ended_at: '2024-09-24T08:15:00Z',
  hours: 2,
};

export const listMyLicenses = endpoint({
  ...head,
  name: 'listMyLicenses',
  method: 'get',
  path: '/api/v1/user/licenses/',
  kind: 'list',
  summary: { zh: '获取当前用户的许可证列表', en: 'My licences' },
  description: {
    zh: '不含已到期的，除非 `include_expired` 为 true 或用 `status` 指定。',
    en: 'What has expired is left out unless `include_expired` is true or `status` asks for it.',
  },
  query: z.strictObject({
    status: assignmentStatusFilter.optional(),
    product_id: idFilter.optional(),
    include_expired: flag.optional(),
    ordering: ordering(assignmentOrderings, '-assigned_at'),
    ...pageQuery(20),
  }),
  response: assignmentRow,
  examples: { response: assignmentRowExample },
});

export const activateLicense = endpoint({
  ...head,
  name: 'activateLicense',
  method: 'post',
  path: '/api/v1/user/licenses/:assignment_id/activate/',
  kind: 'action',
  summary: { zh: '激活许可证', en: 'Activate a licence on a device' },
  description: {
    zh: '绑定设备。同一设备再次激活得到相同的响应；`device_info` 中省略的内容不变。`device_id` 相同而 `hardware_fingerprint` 不同的，当套餐的 `device_identity` 如此规定时（默认）视为另一台设备；当离线许可证文件写有之前的指纹时始终如此：它取代之前的设备；若之前设备的文件仍然有效，则另占一个名额。许可证没有剩余名额，或超过分配允许的设备数：409 BIZ_002，除非 `evict_oldest` 允许替换此分配中最久未联系的设备；文件仍然有效的设备不会被替换（`free_at` 说明其中最早的何时到期）。一段时间内更换的设备多于套餐允许：409 BIZ_002，附 `retry_at`。',
    en: 'Binds a device. The same device again answers the same; what it leaves out of `device_info` stays. The same `device_id` with another `hardware_fingerprint` is another device where the plan’s `device_identity` says so (the default), and always while a licence file names the fingerprint before: it takes the place of the device before, or, while that one’s file lasts, a slot of its own. No slot of the licence left, or more devices than the assignment may have: 409 BIZ_002, unless `evict_oldest` lets the device of this assignment that was seen the longest ago go; one whose licence file lasts does not go (`free_at` says when the first of them ends). More different devices than the plan allows in a time: 409 BIZ_002 with `retry_at`.',
  },
  params: byAssignment,
  body: z.strictObject({
    device_info: z.strictObject({
      device_id: deviceId,
      device_name: shortText.optional(),
      hardware_fingerprint: hardwareFingerprint.optional(),
      os_info: z.strictObject({ name: shortText.optional(), version: shortText.optional() }).optional(),
    }),
    evict_oldest: z.boolean().default(false),
  }),
  response: z.object({
    assignment_id: id,
    status: z.enum(assignmentStatuses),
    activated_at: instant,
    device: deviceBinding,
    /** The device that gave way, when `evict_oldest` asked for that and it was needed. */
    evicted_device_id: z.string().nullable(),
    lease_expires_at: leaseEnd,
    license_quota: licenseQuota,
  }),
  message: { zh: '许可证激活成功', en: 'Licence activated' },
  refusals: ['BIZ_001', 'BIZ_002', 'INVALID_STATE', 'VALIDATION_ERROR'],
  examples: {
    request: {
      device_info: {
        device_id: 'DESKTOP-XYZ789',
        device_name: "John's Workstation",
        hardware_fingerprint: 'abc123def456...',
        os_info: { name: 'Windows 11', version: '10.0.22000' },
      },
    },
    response: {
      assignment_id: 1,
      status: 'active',
      activated_at: '2024-09-24T10:00:00Z',
      device: deviceExample,
      evicted_device_id: null,
      lease_expires_at: null,
      license_quota: quotaExample,
    },
  },
});

export const unbindDevice = endpoint({
  ...head,
  name: 'unbindDevice',
  method: 'post',
  path: '/api/v1/user/licenses/:assignment_id/unbind-device/',
  kind: 'action',
  summary: { zh: '解绑设备', en: 'Unbind one of my devices' },
  description: {
    zh: '归还名额；若该设备的离线许可证文件仍然有效，则到文件到期时才归还，消息会说明。设备未绑定：404。',
    en: 'Gives the slot back; while a licence file of the device lasts, only when that ends, which the message says. A device that is not bound is 404.',
  },
  params: byAssignment,
  body: z.strictObject({ device_id: deviceId }),
  response: unboundDevice,
  message: { zh: '设备解绑成功', en: 'Device unbound' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR'],
  examples: {
    request: { device_id: 'DESKTOP-ABC123' },
    response: {
      assignment_id: 1,
      status: 'active',
      device_id: 'DESKTOP-ABC123',
      license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
    },
  },
});

export const getLicenseUsage = endpoint({
  ...head,
  name: 'getLicenseUsage',
  method: 'get',
  path: '/api/v1/user/licenses/:assignment_id/usage/',
  kind: 'object',
  summary: { zh: '查看许可证使用详情', en: 'How my licence was used' },
  description: {
    zh: '合计、设备，以及最近100个使用时段，最新的在前。',
    en: 'Totals, devices, and the latest 100 usage intervals, newest first.',
  },
  params: byAssignment,
  response: z.object({
    usage_stats: usageStats,
    device_bindings: z.array(deviceBinding),
    intervals: z.array(usageInterval),
  }),
  refusals: ['BIZ_001'],
  examples: {
    response: {
      usage_stats: { total_usage_hours: 120.5, last_7_days_usage: 25.2, avg_daily_usage: 3.6 },
      device_bindings: [deviceExample],
      intervals: [intervalExample],
    },
  },
});

export const reportUsage = endpoint({
  ...head,
  name: 'reportUsage',
  method: 'post',
  path: '/api/v1/user/licenses/:assignment_id/usage/',
  kind: 'action',
  summary: { zh: '上报使用时段', en: 'Report an interval of use' },
  description: {
    zh: '已绑定设备使用许可证的一个时段，按整秒计算。同一设备重叠、相接或间隔一秒的时段合并为一个，因此重复上报只计一次；两台设备同时使用计两次。最长31天，不早于激活时间，不晚于现在（一分钟以内的时钟误差会被截去）。',
    en: 'One interval in which a bound device used the licence. Counted in whole seconds. Intervals of a device that overlap, touch or lie a second apart become one, so that what is reported twice counts once; two devices at the same time count twice. At most 31 days long, not before the activation, not in the future (a minute of difference between clocks is cut off).',
  },
  params: byAssignment,
  body: z.strictObject({ device_id: deviceId, started_at: instantInput, ended_at: instantInput }),
  response: z.object({
    assignment_id: id,
    /** As it stands now: what was reported, joined with what it touches. */
    interval: usageInterval,
    /** What this report added. */
    added_seconds: count,
    total_usage_hours: z.number(),
  }),
  message: { zh: '使用时段已记录', en: 'Usage recorded' },
  refusals: ['BIZ_001', 'INVALID_STATE', 'VALIDATION_ERROR'],
  examples: {
    request: {
      device_id: 'DESKTOP-XYZ789',
      started_at: '2024-09-24T06:15:00Z',
      ended_at: '2024-09-24T08:15:00Z',
    },
    response: {
      assignment_id: 1,
      interval: intervalExample,
      added_seconds: 7_200,
      total_usage_hours: 120.5,
    },
  },
});

export const heartbeat = endpoint({
  ...head,
  name: 'heartbeat',
  method: 'post',
  path: '/api/v1/user/licenses/:assignment_id/heartbeat/',
  kind: 'action',
  summary: { zh: '设备心跳', en: 'Heartbeat of a device' },
  description: {
    zh: '已绑定设备表明自己仍在使用；套餐有租约时随之续租。未绑定（或已不再绑定）：404，请重新激活。',
    en: 'A bound device says that it is there, which renews its lease where the plan has one. One that is not bound (any more) is 404: activate again.',
  },
  params: byAssignment,
  body: z.strictObject({ device_id: deviceId }),
  response: z.object({
    assignment_id: id,
    status: z.enum(assignmentStatuses),
    device: deviceBinding,
    lease_expires_at: leaseEnd,
  }),
  message: { zh: '心跳已收到', en: 'Heartbeat received' },
  refusals: ['BIZ_001', 'INVALID_STATE', 'VALIDATION_ERROR'],
  examples: {
    request: { device_id: 'DESKTOP-XYZ789' },
    response: {
      assignment_id: 1,
      status: 'active',
      device: deviceExample,
      lease_expires_at: '2024-09-24T10:30:00Z',
    },
  },
});
