/** What the endpoints of the licences service have in common: inputs, and the parts that several answers show. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { count, id, instant, longText } from '../../schemas.ts';
import { both } from '../../text.ts';

export const assignmentStatuses = ['assigned', 'active', 'suspended', 'revoked', 'expired'] as const;
export const assignmentTypes = ['direct', 'user_request', 'group_assign'] as const;
export const licenseStatuses = ['active', 'revoked', 'expired'] as const;

export const validationModes = ['block', 'warn'] as const;
export const deviceIdentities = ['id_and_fingerprint', 'id'] as const;
/** Where the days of a renewal after the end count from. */
export const renewalStarts = ['now', 'end'] as const;
export type RenewalStart = (typeof renewalStarts)[number];
export type DeviceIdentity = (typeof deviceIdentities)[number];

export const textFilter = text().trim().min(1).max(100);
export const assignmentStatusFilter = z.enum(assignmentStatuses);

/** Days that an assignment lasts. */
export const expiresDays = z.int().min(1).max(36_500);
export const deviceLimit = z.int().min(1).max(100_000);
export const reasonText = text().trim().max(1_000);
export const notesText = longText;
export const maxActivations = z.int().min(1).max(1_000_000);

export const deviceId = text()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\t\r\n]*$/, { error: both('不能包含控制字符', 'No control characters') });

export const hardwareFingerprint = text().trim().min(1).max(512);

export const licenseQuota = z.object({
  max_activations: count,
  current_activations: count,
  available_slots: count,
});
export const deviceBinding = z.object({
  device_id: z.string(),
  device_name: z.string().nullable(),
  bound_at: instant,
  last_seen_at: instant,
  status: z.enum(['active', 'suspended']),
});
/** What unbinding a device answers. */
export const unboundDevice = z.object({
  assignment_id: id,
  status: z.enum(assignmentStatuses),
  device_id: z.string(),
  license_quota: licenseQuota,
});
export const usageStats = z.object({
  total_usage_hours: z.number(),
  last_7_days_usage: z.number(),
  avg_daily_usage: z.number(),
});
export const namedThing = z.object({ id, name: z.string() });

/** An id in a body whose own sentence says that it cannot be one. */
const namedId = (wrong: string) => z.int({ error: wrong }).positive({ error: wrong });
export const memberIdInput = namedId(both('无效的成员ID', 'There is no such member'));
export const licenseIdInput = namedId(both('无效的许可证ID', 'There is no such licence'));

/** No body, or an empty one. */
export const emptyBody = z.strictObject({});
