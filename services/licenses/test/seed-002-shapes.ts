/** Shapes that document 002 shows more than once. */
import { instant } from './builders.ts';

export const ID = expect.any(Number);
export const john = { username: 'john_doe', email: 'john@example.com' };

/** As the document's success envelope, with or without a sentence. */
export const ok = (data: unknown, message?: string) => ({
  success: true,
  ...(message ? { message } : {}),
  data,
});
export const refused = (code: string, message: string, details: unknown) => ({
  success: false,
  error: { code, message, details },
  timestamp: instant,
  request_id: expect.any(String),
});
export const receipt = (status: string, expires_at: unknown = instant) => ({
  assignment_id: ID,
  status,
  assigned_at: instant,
  expires_at,
});
/** The row of John's assignment, in lists of the administrator, of John, and of alerts. */
export const seedRow = (of: { assignmentId: number; memberId: number; licenseId: number; key: string }) => ({
  id: of.assignmentId,
  member: { id: of.memberId, ...john },
  license: {
    id: of.licenseId,
    license_key: of.key,
    product_name: 'SuperApp Pro',
    plan_name: '专业版',
  },
  status: 'active',
  assigned_at: instant,
  activated_at: instant,
  expires_at: instant,
  assignment_type: 'user_request',
  assignment_reason: '申请使用专业版功能',
  days_until_expiry: 342,
  license_quota: { max_activations: 10, current_activations: 3, available_slots: 7 },
});
export const binding = (device_id: string, device_name: string | null = null) => ({
  device_id,
  device_name,
  bound_at: instant,
  last_seen_at: instant,
  status: 'active',
});
