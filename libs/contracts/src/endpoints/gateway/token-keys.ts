/** Keys of the platform's own tokens, for platform administrators. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { instant, pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';
import { noBody } from './shapes.ts';

const byKid = z.object({ kid: z.string().regex(/^[\w-]{8,64}$/) });
const keyView = z
  .object({
    kid: z.string(),
    algorithm: z.enum(['HS256', 'RS256', 'ES256', 'EdDSA']),
    source: z.enum(['settings', 'rotation']),
    status: z.enum(['next', 'signing', 'verifying', 'ended']).meta({
      description: both(
        '`next`：已公布，尚未签名；`verifying`：不再签名，其令牌仍有效',
        '`next`: published, does not sign yet; `verifying`: signs no more, its tokens still hold',
      ),
    }),
    created_at: instant,
    signs_from: instant,
    verifies_until: instant.nullable().meta({
      description: both(
        '其令牌有效至此；null：没有后继密钥',
        'Until when its tokens hold; null: no other key follows it',
      ),
    }),
  })
  .meta({ id: 'TokenKey' });
const sample = {
  kid: 'kYbN0XyQm1vVb0o2o0Hq3A',
  algorithm: 'HS256',
  source: 'rotation',
  status: 'next',
  created_at: '2026-01-05T08:00:00.000Z',
  signs_from: '2026-01-05T08:10:00.000Z',
  verifies_until: null,
} as const;
const keys = { service: 'gateway', dialect: 'data', tag: 'Auth', access: ['super'] } as const;

export const listTokenKeys = endpoint({
  ...keys,
  name: 'listTokenKeys',
  method: 'get',
  path: '/api/v1/token-keys/',
  kind: 'list',
  summary: { zh: '签署令牌的密钥，最新的在前', en: 'The keys that sign tokens, the newest first' },
  query: z.strictObject(pageQuery(20)),
  response: keyView,
  examples: { response: sample },
});

export const rotateTokenKey = endpoint({
  ...keys,
  name: 'rotateTokenKey',
  method: 'post',
  path: '/api/v1/token-keys/rotate/',
  kind: 'action',
  summary: {
    zh: '更换签署令牌的密钥：无需重启，也不会使任何令牌失效',
    en: 'Another key for tokens: nothing is restarted, and no token ends',
  },
  description: {
    zh: '新密钥立即公布（`/.well-known/jwks.json`），`signs_in_seconds` 秒后开始签名：缓存公钥的系统在此期间得知新密钥。旧密钥继续有效，直到其签署的最后一个令牌到期。已有密钥等待启用时返回409。会话及其刷新令牌不受影响。',
    en: 'The new key is published at once (`/.well-known/jwks.json`) and signs after `signs_in_seconds`: by then whoever keeps the public keys has heard of it. The keys before go on until the last token that they signed has ended. While another key waits to sign it is 409. Sessions and their refresh tokens are as they were.',
  },
  body: z.strictObject({ signs_in_seconds: z.int().min(0).max(2_592_000).default(600) }),
  response: keyView,
  message: { zh: '令牌密钥已更换', en: 'The key of tokens was changed' },
  refusals: ['INVALID_STATE'],
  examples: { request: { signs_in_seconds: 600 }, response: sample },
});

export const withdrawTokenKey = endpoint({
  ...keys,
  name: 'withdrawTokenKey',
  method: 'post',
  path: '/api/v1/token-keys/:kid/withdraw/',
  kind: 'action',
  summary: {
    zh: '立即停用密钥：其签署的令牌在一秒内作废',
    en: 'End a key at once: within a second what it signed is worth nothing',
  },
  description: {
    zh: '用于密钥泄露的情况：先以 `signs_in_seconds: 0` 更换，再停用旧密钥。唯一能签名的密钥不能停用（409）。停用等待中的密钥即取消更换。',
    en: 'For a key that others know: rotate with `signs_in_seconds: 0`, then end the one before. The only key that could sign cannot be ended (409). Ending one that waits undoes its rotation.',
  },
  params: byKid,
  body: noBody,
  response: keyView,
  message: { zh: '密钥已停用', en: 'The key was ended' },
  refusals: ['INVALID_STATE'],
  examples: {
    response: { ...sample, status: 'ended', verifies_until: '2026-01-05T08:00:00.000Z' },
  },
});
