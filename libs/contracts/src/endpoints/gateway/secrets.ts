/** Secrets of the platform that are changed while it runs, for platform administrators. No value of one is ever shown. */
import { z } from 'zod';
import { services } from '../../claims.ts';
import { endpoint } from '../../endpoint.ts';
import { pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';

const secrets = { service: 'gateway', dialect: 'data', tag: 'Auth', access: ['super'] } as const;

export const listInternalKeys = endpoint({
  ...secrets,
  name: 'listInternalKeys',
  method: 'get',
  path: '/api/v1/internal-keys/',
  kind: 'list',
  summary: {
    zh: '网关与各服务之间的密钥：由哪一个签名，还有哪些有效',
    en: 'The keys between the gateway and each service: which one signs, and which still hold',
  },
  description: {
    zh: '密钥来自设置 `INTERNAL_KEY_…`（可含多个值，最新的在前），文件更改后无需重启即被读取。返回的是应答该请求的网关副本所持有的密钥；只有名称，没有值。',
    en: 'They are the settings’ (`INTERNAL_KEY_…`: several values, the newest first), read anew when their file changes, without a restart. As the replica of the gateway that answers holds them; names, never values.',
  },
  query: z.strictObject(pageQuery(50)),
  response: z
    .object({
      service: z.enum(services.filter((name) => name !== 'gateway')),
      kid: z.string(),
      status: z.enum(['next', 'signing', 'verifying']).meta({
        description: both(
          '`next`：已读取，`SECRET_SETTLE_SECONDS` 秒后开始签名；`verifying`：不再签名，仍然有效',
          '`next`: read, signs `SECRET_SETTLE_SECONDS` after the change; `verifying`: signs no more, still holds',
        ),
      }),
    })
    .meta({ id: 'InternalKey' }),
  examples: { response: { service: 'points', kid: 'Jc0fYq2mB7xK', status: 'signing' } },
});

export const listSealedSecrets = endpoint({
  ...secrets,
  name: 'listSealedSecrets',
  method: 'get',
  path: '/api/v1/sealed-secrets/',
  kind: 'list',
  summary: {
    zh: '数据库中加密保存的秘密：各由哪个密钥加密，有多少',
    en: 'Secrets that lie sealed in the database: how many, with which key',
  },
  query: z.strictObject(pageQuery(50)),
  response: z
    .object({
      kind: z.enum(['tenant_webhook', 'webhook_endpoint', 'second_factor', 'token_key']),
      key: z
        .string()
        .nullable()
        .meta({ description: both('null：在密钥有名称之前加密', 'null: sealed before keys had names') }),
      status: z.enum(['present', 'older', 'unknown']).meta({
        description: both(
          '`older`：可以重新加密；`unknown`：设置中没有该密钥，无法打开',
          '`older`: can be sealed anew; `unknown`: no setting has this key, so it cannot be opened',
        ),
      }),
      count: z.int(),
    })
    .meta({ id: 'SealedSecrets' }),
  examples: { response: { kind: 'webhook_endpoint', key: 'q8Zr1tVn0aXe', status: 'present', count: 12 } },
});

export const resealSecrets = endpoint({
  ...secrets,
  name: 'resealSecrets',
  method: 'post',
  path: '/api/v1/sealed-secrets/reseal/',
  kind: 'action',
  timeoutSeconds: 60,
  summary: {
    zh: '以当前密钥重新加密：可反复调用，直到 `remaining` 为0',
    en: 'Seal anew with the present key: repeat it until `remaining` is 0',
  },
  description: {
    zh: '用于更换 `WEBHOOK_SECRET_KEY`：设置中同时有新旧两个值时，新值加密，旧值仍能打开。每次最多处理 `limit` 个，其间请求照常；中断后再次调用即可继续。`remaining` 为0后，可从设置中去掉旧值。',
    en: 'For a change of `WEBHOOK_SECRET_KEY`: while the setting has the new value and the old one, the new one seals and the old one still opens. Up to `limit` at a time, beside all requests; stopped half-way, it goes on with the next call. Once `remaining` is 0 the old value can be left out of the setting.',
  },
  body: z.strictObject({ limit: z.int().min(1).max(5_000).default(500) }),
  response: z
    .object({
      key: z.string().meta({ description: both('当前密钥的名称', 'The present key’s name') }),
      resealed: z.int(),
      unreadable: z.int().meta({
        description: both(
          '本次未能打开、保持原样的数量',
          'Those that could not be opened this time, and stay as they were',
        ),
      }),
      remaining: z.int().meta({
        description: both(
          '仍以其他密钥加密的数量（含无法打开的）',
          'Those still sealed with another key, those that cannot be opened included',
        ),
      }),
    })
    .meta({ id: 'ResealedSecrets' }),
  message: { zh: '已重新加密 {resealed} 个', en: 'Sealed {resealed} anew' },
  examples: {
    request: { limit: 500 },
    response: { key: 'q8Zr1tVn0aXe', resealed: 500, unreadable: 0, remaining: 217 },
  },
});
