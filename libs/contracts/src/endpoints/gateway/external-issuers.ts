/** External issuers: whose tokens a tenant trusts beside the platform's own. docs/en/authentication.md shows one set up. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { endpoint } from '../../endpoint.ts';
import { externalRoles, issuerAlgorithms } from '../../events/external-issuers.ts';
import { byId, flag, httpUrl, id, instant, ordering, pageQuery, requiredText } from '../../schemas.ts';
import { both } from '../../text.ts';

/** A claim's name; a dot leads into an object (`realm_access.roles`), unless a claim has the whole name. */
const claimName = exactText().min(1).max(128);
const algorithms = z
  .array(
    z.enum(issuerAlgorithms, {
      error: both(
        `必须为 ${issuerAlgorithms.join('、')} 之一：只接受非对称算法`,
        `Must be one of ${issuerAlgorithms.join(', ')}: asymmetric algorithms alone`,
      ),
    }),
  )
  .min(1)
  .max(issuerAlgorithms.length)
  .transform((names) => [...new Set(names)]);
const adminValues = z.array(exactText().min(1).max(255)).max(20);
const claims = z.strictObject({
  username: claimName.default('preferred_username'),
  email: claimName.default('email'),
  display_name: claimName.default('name'),
  role: claimName.nullable().default(null),
  admin_values: adminValues.default([]),
});
const claimChanges = z
  .strictObject({
    username: claimName,
    email: claimName,
    display_name: claimName,
    role: claimName.nullable(),
    admin_values: adminValues,
  })
  .partial();
const claimsView = z
  .object({
    username: z.string(),
    email: z.string(),
    display_name: z.string(),
    role: z
      .string()
      .nullable()
      .meta({
        description: both(
          '说明角色的声明（文本或文本数组）；null：令牌不说明角色',
          'The claim that tells the role, a text or several; null: tokens tell none',
        ),
      }),
    admin_values: z.array(z.string()).meta({
      description: both('其中表示管理员的值', 'Those of its values that mean an administrator'),
    }),
  })
  .meta({ id: 'ExternalIssuerClaims' });
const issuer = exactText()
  .min(1)
  .max(1_024)
  .meta({
    description: both(
      '令牌的 `iss`，逐字比较；注册后不可更改',
      'The tokens’ `iss`, compared letter by letter; it stays as it was registered',
    ),
  });
const audience = exactText()
  .min(1)
  .max(255)
  .meta({
    description: both(
      '令牌的 `aud` 必须包含它；注册后不可更改',
      'The tokens’ `aud` must hold it; it stays as it was registered',
    ),
  });
const subjectPrefix = text()
  .max(64)
  .meta({
    description: both(
      '与令牌的 `sub` 相连即为成员的 `external_id`。信任多个签发方的租户须为各方设置互不为前缀的前缀；注册后不可更改',
      'It and the tokens’ `sub` are the member’s `external_id`. A tenant that trusts several issuers gives each a prefix, none of which begins another; it stays as it was registered',
    ),
  });
const fields = {
  name: requiredText,
  jwks_uri: httpUrl,
  algorithms,
  max_role: z.enum(externalRoles).meta({
    description: both('令牌最多给予的角色', 'The most that its tokens give'),
  }),
  create_members: z.boolean().meta({
    description: both(
      '首次见到某人的令牌时新建成员；否则须由管理员先新增并填写 `external_id`',
      'Who is seen for the first time becomes a member; else an administrator adds them first, with `external_id`',
    ),
  }),
  is_enabled: z.boolean(),
};
const issuerView = z
  .object({
    id,
    name: z.string(),
    issuer: z.string(),
    audience: z.string(),
    jwks_uri: z.string(),
    algorithms: z.array(z.string()),
    subject_prefix: z.string(),
    max_role: z.enum(externalRoles),
    create_members: z.boolean(),
    claims: claimsView,
    is_enabled: z.boolean(),
    keys: z
      .object({
        kids: z.array(z.string()),
        fetched_at: instant.nullable(),
        failing_since: instant.nullable(),
        failure: z
          .string()
          .nullable()
          .meta({
            description: both('最近一次获取失败的原因', 'Why the last attempt to fetch them failed'),
          }),
      })
      .meta({
        id: 'ExternalIssuerKeys',
        description: both(
          '签发方的公钥；首次使用时获取',
          'The issuer’s public keys; fetched when they are first needed',
        ),
      }),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'ExternalIssuer' });

const sample = {
  id: 1,
  name: 'Company login',
  issuer: 'https://login.example.com/',
  audience: 'membership',
  jwks_uri: 'https://login.example.com/.well-known/jwks.json',
  algorithms: ['RS256'],
  subject_prefix: '',
  max_role: 'member',
  create_members: true,
  claims: {
    username: 'preferred_username',
    email: 'email',
    display_name: 'name',
    role: null,
    admin_values: [],
  },
  is_enabled: true,
  keys: { kids: ['2026-01'], fetched_at: '2026-01-05T08:00:00.000Z', failing_since: null, failure: null },
  created_at: '2026-01-05T08:00:00.000Z',
  updated_at: '2026-01-05T08:00:00.000Z',
} as const;
const issuers = {
  service: 'gateway',
  dialect: 'data',
  tag: 'External issuers',
  access: ['admin'],
} as const;

export const listExternalIssuers = endpoint({
  ...issuers,
  name: 'listExternalIssuers',
  method: 'get',
  path: '/api/v1/external-issuers/',
  kind: 'list',
  summary: { zh: '租户信任的外部签发方', en: 'The external issuers that the tenant trusts' },
  query: z.strictObject({
    ...pageQuery(20),
    is_enabled: flag.optional(),
    ordering: ordering(['created_at'], '-created_at'),
  }),
  response: issuerView,
  examples: { response: sample },
});

export const createExternalIssuer = endpoint({
  ...issuers,
  name: 'createExternalIssuer',
  method: 'post',
  path: '/api/v1/external-issuers/',
  kind: 'object',
  status: 201,
  summary: {
    zh: '信任外部签发方：其令牌可直接用于本平台',
    en: 'Trust an external issuer: its tokens are taken here as they are',
  },
  description: {
    zh: '令牌的签名以 `jwks_uri` 的公钥校验，算法只能是列出的非对称算法；`iss`、`aud`、`exp`（必须有）和 `nbf` 逐一校验。`sub` 对应成员的 `external_id`；其余由平台自己的记录决定，停用的成员和租户会被拒绝。若多个租户信任同一 `iss` 和 `aud`，请求须用 `X-Tenant-ID` 指明自己的租户。内部网络地址会被拒绝，在此处或在连接时。每个租户最多10个（409 `BIZ_002`）；同一 `issuer` 和 `audience` 只能注册一次。',
    en: 'A token’s signature is checked with the public keys at `jwks_uri`, by the asymmetric algorithms that are listed and no other; so are `iss`, `aud`, `exp` (which it must have) and `nbf`. `sub` names the member by `external_id`; all else is as the platform’s own records say, and who was deactivated, or whose tenant is suspended, is refused. Where several tenants trust one `iss` and `aud`, requests name their own in `X-Tenant-ID`. An address inside the platform’s own networks is refused, here or when it is connected to. A tenant has 10 at most (409 `BIZ_002`), and an `issuer` with an `audience` once.',
  },
  body: z.strictObject({
    ...fields,
    issuer,
    audience,
    subject_prefix: subjectPrefix.default(''),
    max_role: fields.max_role.default('member'),
    create_members: fields.create_members.default(false),
    claims: claims.prefault({}),
    is_enabled: fields.is_enabled.default(true),
  }),
  response: issuerView,
  message: { zh: '外部签发方已注册', en: 'The external issuer was registered' },
  refusals: ['BIZ_002'],
  examples: {
    request: {
      name: 'Company login',
      issuer: 'https://login.example.com/',
      audience: 'membership',
      jwks_uri: 'https://login.example.com/.well-known/jwks.json',
      algorithms: ['RS256'],
      create_members: true,
    },
    response: { ...sample, keys: { kids: [], fetched_at: null, failing_since: null, failure: null } },
  },
});

export const getExternalIssuer = endpoint({
  ...issuers,
  name: 'getExternalIssuer',
  method: 'get',
  path: '/api/v1/external-issuers/:id/',
  kind: 'object',
  summary: { zh: '外部签发方详情及其公钥状态', en: 'One external issuer, and how its keys are' },
  params: byId,
  response: issuerView,
  examples: { response: sample },
});

export const updateExternalIssuer = endpoint({
  ...issuers,
  name: 'updateExternalIssuer',
  method: 'patch',
  path: '/api/v1/external-issuers/:id/',
  kind: 'object',
  summary: {
    zh: '修改、停用或启用外部签发方；省略的字段不变，一秒内生效',
    en: 'Change, disable or enable an external issuer; what is left out stays. It holds within a second',
  },
  params: byId,
  body: z.strictObject({ ...fields, claims: claimChanges }).partial(),
  response: issuerView,
  message: { zh: '外部签发方已更新', en: 'The external issuer was updated' },
  examples: {
    request: { is_enabled: false },
    response: { ...sample, is_enabled: false, updated_at: '2026-01-06T08:00:00.000Z' },
  },
});

export const deleteExternalIssuer = endpoint({
  ...issuers,
  name: 'deleteExternalIssuer',
  method: 'delete',
  path: '/api/v1/external-issuers/:id/',
  kind: 'empty',
  summary: {
    zh: '不再信任外部签发方：其令牌在一秒内作废，成员保留',
    en: 'Trust an external issuer no more: within a second its tokens are worth nothing; members stay',
  },
  params: byId,
  response: undefined,
});
