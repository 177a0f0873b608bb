/** What the gateway's endpoints share: who somebody is, what a tenant looks like, and who keeps its webhooks. */
import { z } from 'zod';
import { exactText, text } from '../../characters.ts';
import { both } from '../../text.ts';
import { instant, id } from '../../schemas.ts';

/** Composed first: what looks alike is one name. Marks belong to the letters of many scripts (काव्य, น้ำ); what nobody sees, to none. */
export const username = text()
  .min(1)
  .max(64)
  .regex(/^(?!.*\p{Default_Ignorable_Code_Point})[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u, {
    error: both(
      '只能包含文字、数字和 . _ @ + -，并以文字或数字开头',
      'Only letters, digits and . _ @ + -, starting with a letter or digit',
    ),
  })
  .meta({
    description: both(
      '保留原有写法；按 Unicode 的大小写折叠比较：ΣΩΚΡΆΤΗΣ 即 Σωκράτης，STRASSE 即 straße；不能含不可见字符',
      'Kept as it was given, and known in any case as Unicode folds it: ΣΩΚΡΆΤΗΣ is Σωκράτης, STRASSE is straße; holds nothing invisible',
    ),
    // For readers who know no classes of characters: whatever is beyond Latin-1 may be a letter.
    pattern:
      '^[^\\u0000-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u00A9][^\\u0000-\\u002A\\u002C\\u002F\\u003A-\\u003F\\u005B-\\u005E\\u0060\\u007B-\\u00A9]*$',
  });
export const newPassword = exactText().min(8).max(128);

export const userBrief = z.object({
  id,
  username: z.string(),
  email: z.string(),
  role: z.enum(['member', 'admin', 'super']),
});
export const tenantBrief = z.object({
  id,
  code: z.string(),
  name: z.string(),
  timezone: z.string().meta({
    description: both('租户的时区（IANA），日期按此计算', 'IANA zone in which its days are counted'),
  }),
});
/** Who is logged in; a platform administrator has no tenant of its own. */
export const identity = z.object({ user: userBrief, tenant: tenantBrief.nullable() });

const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A name with a dot in it, as a Host header has it: no address, no port. */
export const isHostName = (text: string): boolean => HOST_NAME.test(text);
/** Names of hosts that are a tenant's own, in one spelling. */
export const hostNames = z
  .array(
    text()
      .trim()
      .toLowerCase()
      .refine(isHostName, {
        error: both(
          '应为域名，例如 members.example.com（国际化域名请用 xn-- 形式，不含端口）',
          'Must be the name of a host, such as members.example.com (xn-- where it is not ASCII, no port)',
        ),
      }),
  )
  .max(10)
  .refine((hosts) => new Set(hosts).size === hosts.length, {
    error: both('同一域名出现多次', 'One of them is named twice'),
  })
  .meta({
    description: both(
      '租户自己的域名，指向平台：未指定租户的登录即登录到该租户',
      'Hosts of its own that lead to the platform: a login there that names no tenant is one in this tenant',
    ),
  });

/** Compared to the letter: one with `*` in it would be no browser's. */
const isOrigin = (text: string): boolean =>
  !text.includes('*') &&
  URL.canParse(text) &&
  /^https?:$/.test(new URL(text).protocol) &&
  new URL(text).origin === text;
/** Origins of pages, as browsers name them. */
export const origins = z
  .array(
    text()
      .max(255)
      .refine(isOrigin, {
        error: both(
          '应为网页来源：协议、域名和端口，例如 https://shop.example.com',
          'Must be the origin of a page, scheme, host and port alone, such as https://shop.example.com',
        ),
      }),
  )
  .max(20);

/** Requests a minute; null: what goes after (the plan's, the platform's default). */
export const perMinute = z.int().min(1).max(1_000_000).nullable();
export const tenantLimits = z.strictObject({
  member_per_minute: perMinute.optional(),
  admin_per_minute: perMinute.optional(),
  internal_per_minute: perMinute.optional(),
});
export const tenantView = z
  .object({
    id,
    code: z.string(),
    name: z.string(),
    timezone: z.string(),
    locale: z.string(),
    is_active: z.boolean(),
    limits: z.object({
      member_per_minute: z.int().nullable(),
      admin_per_minute: z.int().nullable(),
      internal_per_minute: z.int().nullable(),
    }),
    cell: z.string().nullable(),
    plan: z
      .string()
      .nullable()
      .meta({
        description: both('租户套餐的代码；null 表示没有套餐', 'Code of its plan; null: it has none'),
      }),
    hosts: z.array(z.string()),
    member_count: z.int(),
    created_at: instant,
    updated_at: instant,
    erased_at: instant.nullable().meta({
      description: both('抹除的时间；null 表示未抹除', 'When it was erased; null: it was not'),
    }),
  })
  .meta({ id: 'Tenant' });

export const memberView = z
  .object({
    id,
    username: z.string(),
    email: z.string(),
    display_name: z.string(),
    role: z.enum(['member', 'admin']),
    is_active: z.boolean(),
    external_id: z.string().nullable(),
    joined_at: instant,
    last_login_at: instant.nullable(),
    updated_at: instant,
  })
  .meta({ id: 'Member' });

export const webhooks = { service: 'gateway', dialect: 'data', tag: 'Webhooks', access: ['admin'] } as const;
export const noBody = z.strictObject({});
