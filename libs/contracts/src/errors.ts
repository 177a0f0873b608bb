/** The error catalogue: every code a client may see, its HTTP status and its sentence. The only place where a status is chosen. */
import { say, type Language, type Text, type TextParams } from './text.ts';

type Definition = { readonly status: number; readonly text: Text };

export const errors = {
  VALIDATION_ERROR: { status: 400, text: { zh: '请求参数验证失败', en: 'The request is not valid' } },
  MALFORMED_JSON: {
    status: 400,
    text: { zh: '请求体不是有效的JSON', en: 'The request body is not valid JSON' },
  },
  TENANT_REQUIRED: { status: 400, text: { zh: '请指定租户', en: 'Name the tenant' } },
  AUTH_001: {
    status: 401,
    text: { zh: '认证失败或缺少认证信息', en: 'Authentication failed or is missing' },
  },
  AUTH_002: { status: 401, text: { zh: '令牌已过期', en: 'The token has expired' } },
  AUTH_003: { status: 401, text: { zh: '令牌无效', en: 'The token is not valid' } },
  SECOND_FACTOR_REQUIRED: {
    status: 401,
    text: { zh: '需要第二因素', en: 'A second factor is required' },
  },
  PERM_001: { status: 403, text: { zh: '权限不足', en: 'Your role may not do this' } },
  PERM_002: {
    status: 403,
    text: { zh: '服务令牌缺少所需的权限范围', en: 'The service token lacks the scope for this' },
  },
  TENANT_SUSPENDED: { status: 403, text: { zh: '租户已被停用', en: 'The tenant is suspended' } },
  BIZ_001: { status: 404, text: { zh: '资源不存在', en: 'Not found' } },
  METHOD_NOT_ALLOWED: {
    status: 405,
    text: { zh: '不支持的请求方法', en: 'This method is not allowed here' },
  },
  REQUEST_TIMEOUT: { status: 408, text: { zh: '请求超时', en: 'The request took too long to arrive' } },
  BIZ_002: { status: 409, text: { zh: '超出配额限制', en: 'The quota is exceeded' } },
  BIZ_003: { status: 409, text: { zh: '重复的许可证分配', en: 'The member already holds this licence' } },
  INSUFFICIENT_POINTS: { status: 409, text: { zh: '积分余额不足', en: 'Not enough points' } },
  POINTS_DISABLED: {
    status: 409,
    text: { zh: '该用户未启用积分功能', en: 'Points are not enabled for this member' },
  },
  DAILY_LIMIT_EXCEEDED: {
    status: 409,
    text: { zh: '今日积分已达上限', en: "Today's limit of points is reached" },
  },
  TRANSFERS_DISABLED: {
    status: 409,
    text: { zh: '该租户未启用积分转账', en: 'The tenant does not allow transfers of points' },
  },
  OUT_OF_STOCK: { status: 409, text: { zh: '库存不足', en: 'There is not enough in stock' } },
  MEMBER_LIMIT_REACHED: {
    status: 409,
    text: { zh: '已达到每位会员的数量上限', en: 'The limit of one member is reached' },
  },
  INVALID_STATE: {
    status: 409,
    text: { zh: '当前状态不允许此操作', en: 'The current state does not allow this' },
  },
  VIP_DURATION_EXCEEDED: {
    status: 409,
    text: { zh: '有效期不能超过该标签允许的最长天数', en: 'The tag would last longer than it may' },
  },
  CONFLICT: { status: 409, text: { zh: '数据冲突', en: 'The data is in conflict' } },
  PAYLOAD_TOO_LARGE: { status: 413, text: { zh: '请求体过大', en: 'The request body is too large' } },
  URI_TOO_LONG: { status: 414, text: { zh: '请求地址过长', en: 'The request URL is too long' } },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    text: { zh: '不支持的媒体类型', en: 'The media type is not supported' },
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    text: { zh: '幂等键已用于不同的请求', en: 'The idempotency key was used for another request' },
  },
  RATE_LIMITED: {
    status: 429,
    text: { zh: '请求过于频繁，请稍后再试', en: 'Too many requests, try again later' },
  },
  HEADERS_TOO_LARGE: { status: 431, text: { zh: '请求头过大', en: 'The request headers are too large' } },
  SYS_001: { status: 500, text: { zh: '服务器内部错误', en: 'Internal server error' } },
  BAD_GATEWAY: { status: 502, text: { zh: '上游服务响应异常', en: 'The service behind the gateway failed' } },
  SYS_002: { status: 503, text: { zh: '服务暂时不可用', en: 'The service is unavailable, try again later' } },
  OUTCOME_UNKNOWN: {
    status: 503,
    text: {
      zh: '无法确认操作是否已完成：请先查询结果，或使用同一幂等键重试',
      en: 'It is not known whether this was done: look before you repeat it, or repeat it under the same idempotency key',
    },
  },
  GATEWAY_TIMEOUT: {
    status: 504,
    text: { zh: '上游服务响应超时', en: 'The service behind the gateway took too long' },
  },
} as const satisfies Record<string, Definition>;

export type ErrorCode = keyof typeof errors;
export type FieldTexts = Readonly<Record<string, readonly Text[]>>;

type RefusalOptions = {
  /** Facts about the refusal, sent to the client as they are. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Field → messages; sent instead of `details`. */
  readonly fields?: FieldTexts;
  /** A sentence in place of the catalogue's. */
  readonly text?: Text;
  readonly params?: TextParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** A named refusal: what the domain throws, what the dialects render. Never a programming error. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly options: RefusalOptions;
  constructor(code: ErrorCode, options: RefusalOptions = {}) {
    super(`${code}: ${say(options.text ?? errors[code].text, 'en', options.params)}`, {
      cause: options.cause,
    });
    this.name = 'Refusal';
    this.code = code;
    this.options = options;
  }
  get status(): number {
    return errors[this.code].status;
  }
  /** Its headers. Whoever is not proved is told how to prove oneself (RFC 9110, 15.5.2; RFC 6750). */
  get headers(): Readonly<Record<string, string>> {
    return { ...(this.status === 401 ? { 'www-authenticate': 'Bearer' } : {}), ...this.options.headers };
  }
  sentence(language: Language): string {
    return say(this.options.text ?? errors[this.code].text, language, this.options.params);
  }
  /** What the client gets as `details`, or undefined. */
  details(language: Language): Readonly<Record<string, unknown>> | undefined {
    const { fields, details } = this.options;
    if (!fields) return details;
    return Object.fromEntries(
      Object.entries(fields).map(([field, texts]) => [field, texts.map((text) => text[language])]),
    );
  }
}

/** A refusal to throw: `throw refuse('INSUFFICIENT_POINTS', { details: { shortage } })`. */
export const refuse = (code: ErrorCode, options?: RefusalOptions): Refusal => new Refusal(code, options);

/** 400 for named fields: `throw invalid({ license_id: { zh: '无效的许可证ID', en: 'Unknown licence id' } })`. */
export function invalid(fields: Readonly<Record<string, Text | readonly Text[]>>): Refusal {
  const lists = Object.entries(fields).map(
    ([field, texts]) => [field, Array.isArray(texts) ? texts : [texts]] as const,
  );
  return new Refusal('VALIDATION_ERROR', { fields: Object.fromEntries(lists) });
}

/** 404, for what does not exist and for what belongs to somebody else. */
export const notFound = (text?: Text): Refusal => new Refusal('BIZ_001', text ? { text } : {});

/** 409 INVALID_STATE that names the state and what it allows. */
export const invalidState = (state: string, allowed: readonly string[], text?: Text): Refusal =>
  new Refusal('INVALID_STATE', {
    details: { current_state: state, allowed_actions: allowed },
    text: text ?? {
      zh: `当前状态为 ${state}，不允许此操作；允许的操作：${allowed.join('、') || '无'}`,
      en: `The state is ${state}, which does not allow this; it allows: ${allowed.join(', ') || 'nothing'}`,
    },
  });
