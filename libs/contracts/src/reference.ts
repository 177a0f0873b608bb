/** Texts of the reference that belong to no endpoint: its introduction, common headers and parameters, what answers are. */
import type { Text } from './text.ts';

export const TITLE: Text = { zh: '会员平台 API', en: 'Membership platform' };
export const INTRODUCTION: Text = {
  zh: `所有接口都由网关提供，路径末尾的斜杠可有可无。时间为 ISO-8601 UTC，id 为整数。

- **语言**：提示信息默认为中文，\`Accept-Language: en\` 为英文。本文档同样如此；\`?lang=zh\` 和 \`?lang=en\` 直接指定语言。
- **响应**有四种风格，每类接口一种（\`x-dialect\`）：\`drf\`（积分、VIP、统计）、\`data\`（许可证、身份）、\`code\`（会员系统）、\`app\`（应用）。
- **调用者**：\`Authorization: Bearer <令牌>\`，令牌来自 \`POST /api/v1/auth/login/\`（用户）或 \`POST /api/v1/auth/token/\`（服务）。\`x-roles\` 列出可以调用的角色；服务令牌需要 \`x-scope\`。
- **文本**为 UTF-8，请求体、表单和 URL 均如此；不符合的字节返回400。文本字段除制表符和换行外不含控制字符，也不含不完整的 Unicode 字符；以 Unicode 组合形式（NFC）保存。自由格式 JSON 的键和值除 NUL 和不完整的字符外均可，并原样保存。\`search\` 不区分大小写、全角半角和写法。
- **写入**可带 \`Idempotency-Key\`：24小时内键、路径和请求体都相同的请求得到保存的响应，并带有 \`Idempotent-Replayed: true\`。
- **限流**：除健康状况和文档外，每个响应（被拒绝的也是）都带有 \`RateLimit-Limit\`、\`RateLimit-Remaining\` 和 \`RateLimit-Reset\`，没有令牌或令牌无效时为该地址的限额；没有限额的服务令牌则没有；超出时返回429和 \`Retry-After\`。
- **弃用**：不再推荐的接口标为 deprecated，其响应带有 \`Deprecation\`（RFC 9745）和 \`Sunset\`（RFC 8594，何时停止服务）。`,
  en: `Every endpoint is served by the gateway, with and without its trailing slash. Times are ISO-8601 UTC, ids are integers.

- **Languages**: sentences are Chinese unless \`Accept-Language: en\`. So is this document; \`?lang=zh\` and \`?lang=en\` name its language.
- **Answers** come in four dialects, one per family of endpoints (\`x-dialect\`): \`drf\` (points, VIP, statistics), \`data\` (licences, identity), \`code\` (member system), \`app\` (applications).
- **Who**: \`Authorization: Bearer <token>\` from \`POST /api/v1/auth/login/\` (people) or \`POST /api/v1/auth/token/\` (services). \`x-roles\` names the roles that may call; a service token needs \`x-scope\`.
- **Text** is UTF-8, in bodies, forms and URLs; bytes that are not get 400. Text fields hold no control characters but tab and line ends, and no lone surrogates; they are kept in Unicode's composed form (NFC). Keys and values of free-form JSON hold anything but NUL and lone surrogates, and stay as they are. \`search\` finds any case, width and form.
- **Writes** take an \`Idempotency-Key\`: the same key, path and body within 24 hours gives the stored answer with \`Idempotent-Replayed: true\`.
- **Limits**: \`RateLimit-Limit\`, \`RateLimit-Remaining\` and \`RateLimit-Reset\` stand on every answer but those of health and documents, on refusals too, where they are the address’s without a token that holds; a service token that nothing limits has none. Beyond them 429 with \`Retry-After\`.
- **Deprecation**: what is no longer recommended is marked deprecated; its answers carry \`Deprecation\` (RFC 9745) and \`Sunset\` (RFC 8594, when it ends).`,
};
export const SERVER: Text = { zh: '提供本文档的网关', en: 'The gateway that serves this document' };

export const SECURITY = {
  bearer: { zh: '用户的访问令牌，或服务令牌', en: 'A user’s access token or a service token' },
  webhookSignature: {
    zh: '代替令牌，与 X-Tenant-ID 一起使用：用租户 Webhook 密钥计算的签名，放在此请求头或请求体中',
    en: 'Instead of a token, together with X-Tenant-ID: a signature with the tenant’s webhook secret, in this header or in the body',
  },
} as const satisfies Record<string, Text>;

export const PARAMETERS = {
  IdempotencyKey: {
    zh: '使重复的写入安全；按租户和调用者区分，24小时内有效',
    en: 'Makes a repeated write safe; known per tenant and caller for 24 hours',
  },
  Tenant: {
    zh: '租户的 id 或代码；平台管理员必须指定，其他人只能指定自己的租户',
    en: 'Id or code of the tenant; a platform administrator must name one, others can only name their own',
  },
  Language: {
    zh: '与浏览器发送的相同；提示信息采用其中先列出的 `zh` 或 `en`，否则为中文',
    en: 'As browsers send it; sentences are in the first of `zh` and `en` that it names, else in Chinese',
  },
  WebhookSignature: {
    zh: '用租户 Webhook 密钥对原始请求体计算的 HMAC-SHA256（十六进制）',
    en: 'Hex HMAC-SHA256 of the raw body with the tenant’s webhook secret',
  },
  RequestId: {
    zh: '在日志和事件中标识此请求：最多128个字母、数字或 `. : / + = @ - _`；缺少或不符合时由平台生成',
    en: 'Names the request in logs and events: up to 128 letters, digits or `. : / + = @ - _`; one is made when it is absent or another',
  },
  TenantFilter: {
    zh: '只用于缩小范围：不是自己租户的值查不到任何内容',
    en: 'Only narrows: another tenant than one’s own matches nothing',
  },
  TenantIdFilter: { zh: '与 `tenant` 相同', en: 'As `tenant`' },
} as const satisfies Record<string, Text>;

export const HEADERS = {
  RequestId: { zh: '此请求的编号，与日志和事件中相同', en: 'Of this request, as in logs and events' },
  Replayed: {
    zh: '这是之前使用同一 Idempotency-Key 的请求所保存的响应',
    en: 'The stored answer of an earlier request with this Idempotency-Key',
  },
  RateLimit: { zh: '调用者每分钟可发出的请求数', en: 'Requests a minute that the caller may make' },
  RateLimitRemaining: { zh: '本分钟剩余的请求数', en: 'Requests left in this minute' },
  Deprecation: {
    zh: '从何时起弃用（RFC 9745）：`@` 加 Unix 秒数',
    en: 'Deprecated since (RFC 9745): `@` and the seconds of Unix',
  },
  RetryAfter: { zh: '多少秒后再试', en: 'Seconds to wait before another try' },
  Challenge: { zh: '如何证明身份（RFC 6750）', en: 'How to prove who one is (RFC 6750)' },
  Link: {
    zh: '取代它的接口（`successor-version`）和说明（`deprecation`），RFC 8288',
    en: 'What takes its place (`successor-version`), and where it is told (`deprecation`), as RFC 8288 has it',
  },
  Sunset: { zh: '从何时起可能停止服务（RFC 8594）', en: 'From when on it may be gone (RFC 8594)' },
  RateLimitReset: { zh: '距重新计数的秒数', en: 'Seconds until the limit starts anew' },
} as const satisfies Record<string, Text>;

export const ANSWERS = {
  done: { zh: '成功', en: 'Done' },
  empty: { zh: '成功；没有响应体', en: 'Done; no body' },
  document: { zh: '一份文档', en: 'A document' },
  page: { zh: '一页结果', en: 'A page' },
  byStandard: {
    zh: '按此接口所遵循的标准，或按平台的错误格式',
    en: 'As the standard of this endpoint has it, or as the platform refuses',
  },
} as const satisfies Record<string, Text>;

const CALLERS: Readonly<Record<'public' | 'member' | 'admin' | 'super', Text>> = {
  public: { zh: '所有人', en: 'anybody' },
  member: { zh: '成员', en: 'member' },
  admin: { zh: '租户管理员', en: 'admin' },
  super: { zh: '平台管理员', en: 'super' },
};
/** The sentence that says who may call. */
export function whoMayCall(roles: readonly (keyof typeof CALLERS | { readonly scope: string })[]): Text {
  const named = roles.map((role) =>
    typeof role === 'string'
      ? CALLERS[role]
      : { zh: `具有 \`${role.scope}\` 的服务令牌`, en: `service tokens with \`${role.scope}\`` },
  );
  return {
    zh: `可调用者：${named.map(({ zh }) => zh).join('、')}。`,
    en: `Who may call: ${named.map(({ en }) => en).join(', ')}.`,
  };
}
