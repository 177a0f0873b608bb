/** Licence assignments (seed 002): who holds which licence, until when, and in what state. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { byId, count, id, idFilter, instant, momentFilter, ordering, pageQuery } from '../../schemas.ts';
import {
  assignmentStatuses,
  assignmentStatusFilter,
  assignmentTypes,
  deviceBinding,
  deviceId,
  deviceLimit,
  expiresDays,
  licenseIdInput,
  licenseQuota,
  memberIdInput,
  notesText,
  reasonText,
  unboundDevice,
  usageStats,
} from './shared.ts';

const head = { service: 'licenses', access: ['admin'], dialect: 'data', tag: 'Licence assignments' } as const;
const status = z.enum(assignmentStatuses);
const assignmentType = z.enum(assignmentTypes);
const memberName = { id, username: z.string().nullable(), email: z.string().nullable() };

/** A row of a list of assignments. */
export const assignmentRow = z.object({
  id,
  member: z.object(memberName),
  license: z.object({ id, license_key: z.string(), product_name: z.string(), plan_name: z.string() }),
  status,
  assigned_at: instant,
  activated_at: instant.nullable(),
  expires_at: instant.nullable(),
  assignment_type: assignmentType,
  assignment_reason: z.string().nullable(),
  days_until_expiry: count.nullable(),
  license_quota: licenseQuota,
});
export const assignmentRowExample = {
  id: 1,
  member: { id: 10, username: 'john_doe', email: 'john@example.com' },
  license: { id: 5, license_key: 'ABC-DEF-GHI', product_name: 'SuperApp Pro', plan_name: '专业版' },
  status: 'active',
  assigned_at: '2024-09-01T10:00:00Z',
  activated_at: '2024-09-01T14:30:00Z',
  expires_at: '2025-09-01T10:00:00Z',
  assignment_type: 'user_request',
  assignment_reason: '申请使用专业版功能',
  days_until_expiry: 342,
  license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
};
export const assignmentOrderings = ['assigned_at', 'activated_at', 'expires_at'] as const;

const receipt = z.object({ assignment_id: id, status, assigned_at: instant, expires_at: instant.nullable() });
const receiptExample = {
  assignment_id: 157,
  status: 'assigned',
  assigned_at: '2024-09-24T10:00:00Z',
  expires_at: '2025-09-24T10:00:00Z',
};
/** What an assignment may say of itself, alone or as a row of a batch. */
export const assignmentDetails = {
  assignment_type: assignmentType.optional(),
  expires_days: expiresDays.optional(),
  assignment_reason: reasonText.optional(),
  assignment_notes: notesText.optional(),
  max_concurrent_devices: deviceLimit.optional(),
};

export const listAssignments = endpoint({
  ...head,
  name: 'listAssignments',
  method: 'get',
  path: '/api/v1/license-assignments/',
  kind: 'list',
  summary: { zh: '获取分配列表', en: 'List assignments' },
  query: z.strictObject({
    member_id: idFilter.optional(),
    license_id: idFilter.optional(),
    status: assignmentStatusFilter.optional(),
    expires_before: momentFilter.optional(),
    assigned_after: momentFilter.optional(),
    ordering: ordering(assignmentOrderings, '-assigned_at'),
    ...pageQuery(20),
  }),
  response: assignmentRow,
  examples: { response: assignmentRowExample },
});

export const createAssignment = endpoint({
  ...head,
  name: 'createAssignment',
  method: 'post',
  path: '/api/v1/license-assignments/',
  kind: 'action',
  status: 201,
  summary: { zh: '创建许可证分配', en: 'Assign a licence to a member' },
  description: {
    zh: '在 `expires_days` 天后结束（省略：套餐的默认值，否则永不结束），最迟与许可证同时结束。未知或已停用的成员、未知的许可证，均为对应字段的400；先检查请求体各字段的格式，再查找 id，因此缺少的字段会先单独报告。许可证已撤销或已到期：409 INVALID_STATE。',
    en: 'Ends after `expires_days` (left out: the plan’s default, else never), at the latest when the licence ends. An unknown or deactivated member and an unknown licence are 400 for their field; ids are looked up once every field of the body has its shape, so a missing field is told first, by itself. A licence that is revoked or has ended is 409 INVALID_STATE.',
  },
  body: z.strictObject({ member_id: memberIdInput, license_id: licenseIdInput, ...assignmentDetails }),
  response: receipt,
  message: { zh: '许可证分配成功', en: 'Licence assigned' },
  refusals: ['VALIDATION_ERROR', 'BIZ_003', 'INVALID_STATE'],
  examples: {
    request: {
      member_id: 10,
      license_id: 5,
      assignment_type: 'user_request',
      expires_days: 365,
      assignment_reason: '申请使用专业版功能',
      assignment_notes: '用于开发项目使用',
    },
    response: receiptExample,
  },
});

export const getAssignment = endpoint({
  ...head,
  name: 'getAssignment',
  method: 'get',
  path: '/api/v1/license-assignments/:id/',
  kind: 'object',
  summary: { zh: '获取分配详情', en: 'Show an assignment' },
  params: byId,
  response: z.object({
    id,
    member: z.object({ ...memberName, display_name: z.string().nullable() }),
    license: z.object({
      id,
      license_key: z.string(),
      product: z.object({ id, name: z.string(), version: z.string() }),
      plan: z.object({ id, name: z.string(), features: z.record(z.string(), z.unknown()) }),
    }),
    status,
    assignment_type: assignmentType,
    assigned_at: instant,
    activated_at: instant.nullable(),
    last_used_at: instant.nullable(),
    expires_at: instant.nullable(),
    days_until_expiry: count.nullable(),
    assignment_reason: z.string().nullable(),
    assignment_notes: z.string().nullable(),
    max_concurrent_devices: count.nullable(),
    /** Why it was suspended, resumed or revoked last. */
    status_reason: z.string().nullable(),
    license_limits: z.object({ max_activations: count, current_activations: count }),
    device_bindings: z.array(deviceBinding),
    usage_stats: usageStats,
  }),
  refusals: ['BIZ_001'],
  examples: {
    response: {
      id: 1,
      member: { id: 10, username: 'john_doe', email: 'john@example.com', display_name: 'John Doe' },
      license: {
        id: 5,
        license_key: 'ABC-DEF-GHI',
        product: { id: 2, name: 'SuperApp Pro', version: '2.1.0' },
        plan: {
          id: 3,
          name: '专业版',
          features: { max_projects: 50, advanced_features: true, priority_support: true },
        },
      },
      status: 'active',
      assignment_type: 'user_request',
      assigned_at: '2024-09-01T10:00:00Z',
      activated_at: '2024-09-01T14:30:00Z',
      last_used_at: '2024-09-24T08:15:00Z',
      expires_at: '2025-09-01T10:00:00Z',
      days_until_expiry: 342,
      assignment_reason: '申请使用专业版功能',
      assignment_notes: '用于开发项目使用',
      max_concurrent_devices: null,
      status_reason: null,
      license_limits: { max_activations: 5, current_activations: 3 },
      device_bindings: [
        {
          device_id: 'DESKTOP-ABC123',
          device_name: null,
          bound_at: '2024-09-01T14:30:00Z',
          last_seen_at: '2024-09-24T08:15:00Z',
          status: 'active',
        },
      ],
      usage_stats: { total_usage_hours: 120.5, last_7_days_usage: 25.2, avg_daily_usage: 3.6 },
    },
  },
});

const step = {
  ...head,
  method: 'post',
  kind: 'action',
  params: byId,
  body: z.strictObject({ reason: reasonText.optional() }),
  response: receipt,
  refusals: ['BIZ_001', 'INVALID_STATE'],
} as const;

export const suspendAssignment = endpoint({
  ...step,
  name: 'suspendAssignment',
  path: '/api/v1/license-assignments/:id/suspend/',
  summary: { zh: '暂停分配', en: 'Suspend an assignment' },
  description: {
    zh: '适用于已分配或已激活的分配。设备保持绑定；在恢复之前，激活、心跳和用量上报都会被拒绝。',
    en: 'From assigned or active. Its devices stay bound; activating, heartbeats and usage are refused until it is resumed.',
  },
  message: { zh: '许可证分配已暂停', en: 'Assignment suspended' },
  examples: { request: { reason: '安全审查' }, response: { ...receiptExample, status: 'suspended' } },
});

export const resumeAssignment = endpoint({
  ...step,
  name: 'resumeAssignment',
  path: '/api/v1/license-assignments/:id/resume/',
  summary: { zh: '恢复分配', en: 'Resume a suspended assignment' },
  description: { zh: '从暂停恢复到之前的状态。', en: 'From suspended, back to what it was.' },
  message: { zh: '许可证分配已恢复', en: 'Assignment resumed' },
  examples: { request: {}, response: { ...receiptExample, status: 'active' } },
});

export const revokeAssignment = endpoint({
  ...step,
  name: 'revokeAssignment',
  path: '/api/v1/license-assignments/:id/revoke/',
  summary: { zh: '撤销许可证分配', en: 'Revoke an assignment' },
  description: {
    zh: '适用于已分配、已激活或已暂停的分配；不可撤回。其所有设备随之解绑；超过1,000台的部分随后由后台解绑。',
    en: 'From assigned, active or suspended; final. All its devices are unbound; those beyond 1,000 soon after, in the background.',
  },
  message: { zh: '许可证分配已撤销', en: 'Assignment revoked' },
  examples: {
    request: { reason: '用户离职，回收许可证' },
    response: { ...receiptExample, status: 'revoked' },
  },
});

export const unbindDeviceOf = endpoint({
  ...head,
  name: 'unbindDeviceOf',
  method: 'post',
  kind: 'action',
  path: '/api/v1/license-assignments/:id/unbind-device/',
  summary: { zh: '解绑成员的设备', en: 'Unbind a member’s device' },
  description: {
    zh: '归还成员设备占用的名额；若该设备的离线许可证文件仍然有效，则到文件到期时才归还，消息会说明。`release_slot` 立即归还，用于损坏或丢失的设备：其文件若仍在，可继续使用到到期。它也释放此设备 id 自解绑以来仍占用的名额。设备未绑定：404。',
    en: 'Gives the slot of a member’s device back; while a licence file of the device lasts, only when that ends, which the message says. `release_slot` gives it back at once, for a device that is lost or broken: its file, should it still be there, works on until it ends. It also frees slots that devices with this id keep since they were unbound. A device that is not bound is 404.',
  },
  params: byId,
  body: z.strictObject({ device_id: deviceId, release_slot: z.boolean().default(false) }),
  response: unboundDevice,
  message: { zh: '设备解绑成功', en: 'Device unbound' },
  refusals: ['BIZ_001', 'VALIDATION_ERROR'],
  examples: {
    request: { device_id: 'DESKTOP-ABC123', release_slot: true },
    response: {
      assignment_id: 1,
      status: 'active',
      device_id: 'DESKTOP-ABC123',
      license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
    },
  },
});
