/** Building blocks of the contracts: ids, times, pages, free-form JSON. */
import { z } from 'zod';
import { isStorable, text, unstorable } from './characters.ts';
import { both } from './text.ts';

export const id = z
  .int()
  .positive()
  .meta({ id: 'Id', description: both('整数 id', 'Integer id') });
/** An id in a path. What is no positive integer is not there: the router answers 404, not 400. */
export const pathId = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .pipe(id);
export const byId = z.object({ id: pathId });

export const instant = z.iso
  .datetime({ offset: true })
  .meta({ id: 'Instant', description: both('ISO-8601 时间，UTC', 'ISO-8601 time, UTC') });
const WRONG_TIME = both('时间格式不正确（应为 ISO-8601）', 'Must be an ISO-8601 time');
const LOST_PLUS = both(
  '时区前的加号变成了空格：网址中的 + 请写作 %2B',
  'The + before the offset came as a space: write it as %2B in a URL',
);
/** What is wrong with a time: a `+` that nobody escaped in a URL is the mistake that people do not see. */
export const timeError =
  (otherwise: string = WRONG_TIME) =>
  ({ input }: { readonly input?: unknown }): string =>
    typeof input === 'string' && /T\d\d:\d\d.* \d\d:?\d\d$/.test(input) ? LOST_PLUS : otherwise;
const NO_SUCH_YEAR = both(
  '时间应在公元 0000 至 9999 年之内（UTC）',
  'Must be within the years 0000 to 9999 (UTC)',
);
/** With its offset a time may reach another year, which no answer and no event can tell. */
const hasYear = (time: Date): boolean => /^\d{4}-/.test(time.toISOString());
/** A time in a request, as a Date. */
export const instantInput = z.iso
  .datetime({ offset: true, error: timeError() })
  .transform((text) => new Date(text))
  .refine(hasYear, { error: NO_SUCH_YEAR });
export const day = z.iso
  .date()
  .meta({ id: 'Day', description: both('租户时区的一个日期', 'A calendar day in the tenant’s zone') });

/** A time or a whole day (the tenant's): a day counts with both its ends. */
export const momentFilter = z.union([instantInput, day], {
  error: timeError(
    both('应为日期（YYYY-MM-DD）或 ISO-8601 时间', 'Must be a date (YYYY-MM-DD) or an ISO-8601 time'),
  ),
});
export type MomentFilter = z.output<typeof momentFilter>;

const INVISIBLE = both('不能只含不可见的字符', 'Holds nothing that can be seen');
/** What joins or parts letters is part of a name; alone it is none, and neither is the blank of Braille. */
const isSeen = (name: string): boolean =>
  name === '' || /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u.test(name);
/** A text of a line, without blanks around it. */
const line = (longest: number) => text().trim().max(longest).refine(isSeen, { error: INVISIBLE });
export const shortText = line(255);
export const longText = text().max(4000);
/** Names and titles, of a length of their own. */
export const requiredLine = (longest: number) => line(longest).min(1);
export const requiredText = requiredLine(255);
/** Why something was done: more than a line may be needed. */
export const requiredReason = requiredLine(4000);
/** A code that people give and type: kept as it was given, and known in any case. */
export const code = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_-]+$/, {
    error: both('只能包含字母、数字、中划线和下划线', 'Only letters, digits, hyphen and underscore'),
  })
  .meta({
    description: both(
      '保留原有大小写；仅大小写不同的代码视为同一个',
      'Kept as it was given; case makes no other code of it',
    ),
  });
const NOT_A_URL = both('请输入有效的URL', 'Must be an http(s) URL');
/** Readers of addresses pass over what does not belong there, each in its own way: it is refused before. */
const isWritten = (url: string): boolean => isStorable(url) && !/[\s\p{Cc}]/u.test(url);
export const httpUrl = z
  .url({ protocol: /^https?$/, error: NOT_A_URL })
  .max(2048)
  .refine(isWritten, { error: NOT_A_URL });

/** `_bsontype` would have the driver of MongoDB take an object for one of its own types. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype', '_bsontype']);
const FORBIDDEN_KEY = both('不允许的键名或嵌套过深', 'This key is not allowed, or nested too deeply');
const NOT_A_NUMBER = both(
  '数字过大，无法原样保存；请以文本形式给出',
  'The number is too large to be kept as it is: give it as text',
);
const isKept = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER;
/** A number that comes back as it was sent. */
export const keptNumber = (error?: string) =>
  z.number(error === undefined ? {} : { error }).refine(isKept, { error: NOT_A_NUMBER });
type Fault = { readonly path: readonly string[]; readonly message: string };
/** The first thing in free-form JSON that cannot or must not be stored. Depth over 16 counts as such. */
function faultOf(value: unknown, path: readonly string[] = []): Fault | undefined {
  if (typeof value === 'string') {
    const message = unstorable(value);
    return message === undefined ? undefined : { path, message };
  }
  // JSON has no Infinity: `1e400` would come back as null; of integers beyond 2^53 the last digits were lost in reading.
  if (typeof value === 'number' && !isKept(value)) return { path, message: NOT_A_NUMBER };
  if (value === null || typeof value !== 'object') return undefined;
  if (path.length > 16) return { path, message: FORBIDDEN_KEY };
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key];
    if (FORBIDDEN_KEYS.has(key) || key.startsWith('$') || (!Array.isArray(value) && key.includes('.')))
      return { path: at, message: FORBIDDEN_KEY };
    const message = unstorable(key);
    const fault = message === undefined ? faultOf(inner, at) : { path: at, message };
    if (fault) return fault;
  }
  return undefined;
}

/** Refuses what may not be stored (operators, prototype keys, broken text, deep nesting), and more than so many kilobytes. */
export const storable =
  (kilobytes: number) =>
  (value: unknown, context: z.core.$RefinementCtx): void => {
    const fault = faultOf(value);
    if (fault) context.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
    else if (JSON.stringify(value).length > kilobytes * 1_024)
      context.addIssue({
        code: 'custom',
        message: both(`内容过大（上限${kilobytes}KB）`, `Too large (${kilobytes} KB at most)`),
      });
  };

/** Free-form JSON object (metadata, features): no operators, no prototype keys, bounded. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .superRefine(storable(16))
  .meta({ type: 'object', additionalProperties: true });

/** A query flag: exactly `true` or `false`. */
export const flag = z
  .enum(['true', 'false'], { error: both('必须为 true 或 false', 'Must be true or false') })
  .transform((text) => text === 'true');
/** An integer in a query. */
export const queryInteger = (minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^-?\d{1,16}$/, { error: both('必须为整数', 'Must be an integer') })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));
/** A filter by id. Ids that cannot exist are a bad value, not an empty answer. */
export const idFilter = queryInteger(1);
const IDS_AT_MOST = 100;
/** Several things by their ids: `1,2,3`. */
export const idsFilter = z
  .string()
  .regex(new RegExp(`^[1-9]\\d{0,14}(,[1-9]\\d{0,14}){0,${IDS_AT_MOST - 1}}$`), {
    error: both(`最多 ${IDS_AT_MOST} 个 id，以逗号分隔`, `At most ${IDS_AT_MOST} ids, separated by commas`),
  })
  .meta({
    description: both(
      `只列出这些 id，以逗号分隔，最多 ${IDS_AT_MOST} 个；不存在的略过`,
      `These ids alone, separated by commas, at most ${IDS_AT_MOST}; what is not there is passed over`,
    ),
  })
  .transform((text) => text.split(',').map(Number));

const positivePage = queryInteger(1);
const pageSize = queryInteger(1).transform((size) => Math.min(size, 100));

/** `page`, `page_size` with the family's default; above 100 counts as 100. */
export const pageQuery = (size = 20) => ({
  page: positivePage.default(1),
  page_size: pageSize.default(size),
});

/** `page`, `limit`: how the member system (003) names them; above 100 counts as 100. */
export const limitQuery = (size = 20) => ({
  page: positivePage.default(1),
  limit: pageSize.default(size),
});

/** `cursor`: what the page before gave as `next_cursor`. Beside `page` in lists that go deep. */
export const cursorQuery = {
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/, { error: both('无效的游标', 'Not a cursor') })
    .optional()
    .meta({
      description: both(
        '上一页返回的 `next_cursor`：从其后继续，不受期间新增数据影响，深度不限；不能与 `page` 同时使用，且排序须相同',
        '`next_cursor` of the page before: goes on behind it, whatever was written meanwhile and however deep; not together with `page`, and in the same order',
      ),
    }),
};

export type Order = { readonly field: string; readonly descending: boolean };
/** `ordering=-a,b` out of a whitelist; the first named default applies when absent. */
export const ordering = (fields: readonly string[], fallback: string) =>
  z
    .string()
    .transform((text, context): Order[] => {
      const orders: Order[] = [];
      for (const part of text.split(',').map((piece) => piece.trim())) {
        const descending = part.startsWith('-');
        const field = descending ? part.slice(1) : part;
        if (fields.includes(field)) orders.push({ field, descending });
        else
          context.addIssue({
            code: 'custom',
            message: both(
              `不支持的排序字段：${part}；可选：${fields.join('、')}`,
              `Unknown ordering: ${part}; choose from ${fields.join(', ')}`,
            ),
          });
      }
      return orders;
    })
    .meta({
      type: 'string',
      pattern: listOf(fields.map((field) => `-?${field}`)),
      description: both(
        `按哪些字段排序，以逗号分隔；前面加 \`-\` 为降序。可选：${fields.map((field) => `\`${field}\``).join('、')}`,
        `By which fields, separated by commas; \`-\` in front: descending. Of: ${fields.map((field) => `\`${field}\``).join(', ')}`,
      ),
    })
    .prefault(fallback);
/** The pattern of one or more of these words, separated by commas. */
export const listOf = (words: readonly string[]): string => {
  const word = ` *(${words.join('|')}) *`;
  return `^${word}(,${word})*$`;
};

/** What a person typed; found in any case, width and spelling (`literally`). */
export const search = text().trim().max(100);
/** Points asked for in one movement (spec/api.md). */
export const pointsAmount = z.int().min(1).max(10_000_000);
/** A number with at most so many decimals. Binary floats have no exact 0.01 to divide by: what is written so is read so. */
export const decimal = (places: number, { error, ...range }: DecimalOptions = {}): z.ZodNumber => {
  const sized = Object.entries(range).reduce(
    (schema, [bound, value]) => schema[bound as keyof typeof range](value, { error }),
    z.number({ error }),
  );
  return sized.refine((value) => Number(value.toFixed(places)) === value, {
    error: error ?? both(`最多 ${places} 位小数`, `At most ${places} decimals`),
  });
};
type DecimalOptions = {
  readonly min?: number;
  readonly gt?: number;
  readonly max?: number;
  readonly error?: string | undefined;
};
/** Money on the wire: a JSON number with at most two decimals. */
export const money = decimal(2, { min: 0, max: 1_000_000_000 }).meta({
  description: both('最多两位小数', 'At most two decimals'),
});
const WRONG_AMOUNT = both(
  '订单金额格式不正确',
  'Must be a number from 0 to 10,000,000 with at most two decimals',
);
/** What an order may cost. */
export const orderAmount = decimal(2, { min: 0, max: 10_000_000, error: WRONG_AMOUNT }).meta({
  description: both('最多两位小数', 'At most two decimals'),
});
/** More than nothing, as an order that is paid, or a refund. */
export const positiveAmount = (error: string) =>
  decimal(2, { gt: 0, max: 10_000_000, error }).meta({
    description: both('大于0，最多两位小数', 'Above 0, at most two decimals'),
  });
/** An id that the member system shows with a prefix: `PT123` is number 123. Anything else in a path is not there. */
export const prefixedId = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}[1-9]\\d{0,15}$`))
    .transform((text) => Number(text.slice(prefix.length)))
    .pipe(id)
    .meta({ type: 'string', pattern: `^${prefix}[1-9][0-9]{0,15}$` });
/** A safe counter on the wire. */
export const count = z.int().min(0);
