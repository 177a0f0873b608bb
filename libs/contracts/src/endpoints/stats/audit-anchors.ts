/** The signed ends of a tenant's audit trail. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { id, instant, pageQuery } from '../../schemas.ts';
import { both } from '../../text.ts';

export const listAuditAnchors = endpoint({
  service: 'stats',
  dialect: 'drf',
  tag: 'Audit trail',
  method: 'get',
  access: ['admin'],
  kind: 'list',
  name: 'listAuditAnchors',
  path: '/api/v1/stats/audit-anchors/',
  summary: {
    zh: '审计记录每日的签名锚点，最新的在前',
    en: 'The daily signed anchors of the audit trail, the newest first',
  },
  description: {
    zh: '审计记录是一条散列链：每一条的散列值都涵盖前一条。每天（UTC）对链的末端签名一次（Ed25519），所签文本为以下各行，每行以换行结束：`membership-audit-anchor.v1`、`tenant_id`、`day`、`number`、`hash`、`previous`（首个锚点为空行）。自行保存锚点，日后可据以证明：`number` 之前的记录没有被修改、删除或插入；连同锚点一起被截去的末端，只有另行保存的锚点能显示出来。',
    en: 'The audit trail is a hash chain: the hash of each entry covers the one before. Once a day (UTC) the end of the chain is signed (Ed25519) over these lines, each with its line feed: `membership-audit-anchor.v1`, `tenant_id`, `day`, `number`, `hash`, `previous` (an empty line in the first). Who keeps an anchor can have it proved later that no entry up to `number` was changed, left out or put in; an end that is cut off together with its anchors shows by those that were kept.',
  },
  query: z.strictObject(pageQuery(20)),
  response: z
    .object({
      tenant_id: id,
      day: z.iso.date(),
      number: z.int().meta({ description: both('链中的条数', 'How many entries the chain has by then') }),
      hash: z.string(),
      previous: z
        .string()
        .nullable()
        .meta({ description: both('前一个锚点的签名', 'The signature of the anchor before') }),
      signed_at: instant,
      kid: z.string().meta({
        description: both('公钥的指纹（RFC 7638）', 'The thumbprint of the public key (RFC 7638)'),
      }),
      public_key: z
        .string()
        .nullable()
        .meta({ description: both('公钥，即 JWK 的 `x`', 'The public key, as a JWK’s `x`') }),
      signature: z.string(),
    })
    .meta({ id: 'AuditAnchor' }),
  examples: {
    response: {
      tenant_id: 3,
      day: '2026-01-05',
      number: 18_204,
      hash: 'mT0cVq7bE0Lk4sXHqv0r2gE2b0d8mBv1yXo5e9wq3aA',
      previous: null,
      signed_at: '2026-01-05T00:00:04.120Z',
      kid: '0ov9cTqk1r8m5b0m4JmTjV2d4bqO3w8VnqQm6H5k7sI',
      public_key: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      signature: 'wX3mQz1c5vYb0o2o0Hq3Ak8t2Lr7uN4eJ6sD9fG1hZ0pQvR5xT8yW3mB7nC2kL4jH6gF9dS1aP0oI5uY8tR3eQ',
    },
  },
});
