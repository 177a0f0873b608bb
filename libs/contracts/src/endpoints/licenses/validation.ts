/** Validation: software that holds a key asks whether it may run, and what it may do. */
import { z } from 'zod';
import { text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { count, id, instant } from '../../schemas.ts';
import { hardwareFingerprint, licenseStatuses, namedThing } from './shared.ts';

/** The closed list of outcomes; docs/licensing.md says what each means and what software does with it. */
export const validationCodes = [
  'VALID',
  'IN_GRACE',
  'EXPIRED',
  'REVOKED',
  'SUSPENDED',
  'NOT_ACTIVATED',
  'NOT_FOUND',
  'TENANT_SUSPENDED',
] as const;
export type ValidationCode = (typeof validationCodes)[number];

export const validateLicense = endpoint({
  service: 'licenses',
  access: ['public'],
  dialect: 'data',
  tag: 'Licences',
  name: 'validateLicense',
  method: 'post',
  path: '/api/v1/licenses/validate/',
  kind: 'action',
  summary: { zh: '校验许可证密钥', en: 'Validate a licence key' },
  description: {
    zh: '供软件使用；由密钥得知租户。无论如何输入都能识别：小写、其他连接号、空格或没有分隔。始终返回200，附 `valid`、一个固定列表中的代码，以及应采取的动作：允许、警告或阻止（依套餐的 `validation_mode`）。带 `hardware_fingerprint` 时，设备必须已用它激活。同一地址在15分钟内尝试20个未知密钥后，其余时间内无论查询什么都返回429。',
    en: 'For software; the key names the tenant. It is known however it is typed: in lower case, with other dashes, spaces or none. Always 200, with `valid`, one of a closed list of codes, and what to do: allow, warn or block (by the plan’s `validation_mode`). With `hardware_fingerprint` the device must be one that was activated with it. An address that tries 20 unknown keys within 15 minutes gets 429 for the rest of them, whatever it asks.',
  },
  body: z.strictObject({
    license_key: text().trim().min(1).max(64),
    hardware_fingerprint: hardwareFingerprint.optional(),
  }),
  response: z.object({
    valid: z.boolean(),
    code: z.enum(validationCodes),
    action: z.enum(['allow', 'warn', 'block']),
    checked_at: instant,
    /** null when the key is unknown, or its tenant is suspended. */
    license: z
      .object({
        status: z.enum(licenseStatuses),
        expires_at: instant.nullable(),
        days_until_expiry: count.nullable(),
        /** Until when it validates after its end; null without an end or without grace. */
        grace_until: instant.nullable(),
      })
      .nullable(),
    /** null when the software is to stop. */
    entitlements: z
      .object({
        product: z.object({ id, name: z.string(), version: z.string() }),
        plan: namedThing,
        features: z.record(z.string(), z.unknown()),
        max_activations: count,
        available_slots: count,
      })
      .nullable(),
  }),
  refusals: ['VALIDATION_ERROR', 'RATE_LIMITED'],
  examples: {
    request: { license_key: 'ABC-DEF-GHI', hardware_fingerprint: 'abc123def456...' },
    response: {
      valid: true,
      code: 'VALID',
      action: 'allow',
      checked_at: '2024-09-24T10:00:00Z',
      license: {
        status: 'active',
        expires_at: '2025-09-01T10:00:00Z',
        days_until_expiry: 342,
        grace_until: null,
      },
      entitlements: {
        product: { id: 2, name: 'SuperApp Pro', version: '2.1.0' },
        plan: { id: 3, name: '专业版' },
        features: { max_projects: 50, advanced_features: true, priority_support: true },
        max_activations: 10,
        available_slots: 7,
      },
    },
  },
});
