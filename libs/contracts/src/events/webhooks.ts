/** Facts about the endpoints that a tenant's events are sent to. Neither secret nor address: an address may hold a key. */
import { z } from 'zod';
import { defineEvent } from '../event.ts';

/** Why an endpoint gets nothing: somebody said so, nothing but failures for days, or it answered 410. */
export const disabledReasons = ['by_hand', 'failing', 'gone'] as const;

/** `thin`: of an event's data only the ids. */
export const payloadKinds = ['full', 'thin'] as const;

const endpointState = z.object({
  endpointId: z.int().positive(),
  description: z.string(),
  eventTypes: z.array(z.string()),
  payload: z.enum(payloadKinds),
  isEnabled: z.boolean(),
  /** Null while it is enabled. */
  disabledReason: z.enum(disabledReasons).nullable(),
});
const state = { producer: 'gateway', aggregate: 'webhook_endpoint', data: endpointState } as const;

export const webhookEndpointCreated = defineEvent('webhook_endpoint.created.v1', {
  ...state,
  description: { zh: '已添加接收租户事件的端点。', en: 'An endpoint for the tenant’s events was added.' },
});
export const webhookEndpointUpdated = defineEvent('webhook_endpoint.updated.v1', {
  ...state,
  description: {
    zh: '端点的地址、说明、事件类型或内容形式已修改。',
    en: 'Address, description, event types or payload of an endpoint changed.',
  },
});
export const webhookEndpointEnabled = defineEvent('webhook_endpoint.enabled.v1', {
  ...state,
  description: { zh: '已停用的端点重新收到事件。', en: 'A disabled endpoint gets events again.' },
});
export const webhookEndpointDisabled = defineEvent('webhook_endpoint.disabled.v1', {
  ...state,
  description: {
    zh: '端点不再收到事件：由人停用，或连续数日全部失败（`failing`），或其应答为 410（`gone`）。',
    en: 'An endpoint gets no more events: by hand, after days of nothing but failures (`failing`), or because it answered 410 (`gone`).',
  },
});
export const webhookEndpointSecretRotated = defineEvent('webhook_endpoint.secret_rotated.v1', {
  ...state,
  description: {
    zh: '端点换了密钥；此后一天内，原密钥与新密钥同时签名。',
    en: 'An endpoint has another secret; the one before signs beside it for a day.',
  },
});
export const webhookEndpointDeleted = defineEvent('webhook_endpoint.deleted.v1', {
  ...state,
  description: { zh: '端点已移除。', en: 'An endpoint was removed.' },
});
