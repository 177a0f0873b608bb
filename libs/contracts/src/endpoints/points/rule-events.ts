/** What award rules may be about: each event, and the fields of its data that conditions can look at, out of its own schema. */
import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { feedbackOpened } from '../../events/applications.ts';
import { memberCreated, memberLoggedIn } from '../../events/gateway.ts';
import { assignmentActivated, assignmentCreated, deviceBound } from '../../events/licenses.ts';
import { vipGranted, vipRenewed } from '../../events/vip.ts';
import { pageQuery } from '../../schemas.ts';
import { both, type Text } from '../../text.ts';
import { awardableEvents } from './rules.ts';
import { webhookBody } from './webhooks.ts';

const fieldTypes = ['text', 'number', 'boolean', 'time'] as const;
export type RuleEventField = {
  /** As a condition names it: inside of another with a dot. */
  readonly name: string;
  readonly title: Text;
  readonly type: (typeof fieldTypes)[number];
  /** All that it may be, where that is known. */
  readonly values: readonly string[] | null;
};
export type RuleEvent = {
  readonly type: string;
  readonly description: Text;
  readonly fields: readonly RuleEventField[];
};

/** What each field says; the words are those of docs/language.md. */
const TITLES: Readonly<Record<string, Text>> = {
  memberId: { zh: '成员编号', en: 'Id of the member' },
  username: { zh: '用户名', en: 'Username' },
  email: { zh: '邮箱', en: 'E-mail' },
  displayName: { zh: '显示名称', en: 'Display name' },
  role: { zh: '角色', en: 'Role' },
  isActive: { zh: '有效', en: 'Active' },
  externalId: { zh: '外部编号', en: 'External id' },
  joinedAt: { zh: '加入时间', en: 'Joined' },
  at: { zh: '时间', en: 'Time' },
  streakDays: { zh: '连续登录天数', en: 'Days of the login streak' },
  assignmentId: { zh: '许可证分配编号', en: 'Id of the assignment' },
  licenseId: { zh: '许可证编号', en: 'Id of the licence' },
  productId: { zh: '产品编号', en: 'Id of the product' },
  planId: { zh: '套餐编号', en: 'Id of the plan' },
  applicationId: { zh: '应用编号', en: 'Id of the application' },
  productName: { zh: '产品名称', en: 'Name of the product' },
  planName: { zh: '套餐名称', en: 'Name of the plan' },
  status: { zh: '状态', en: 'State' },
  previousStatus: { zh: '之前的状态', en: 'State before' },
  assignedAt: { zh: '分配时间', en: 'Assigned' },
  activatedAt: { zh: '激活时间', en: 'Activated' },
  expiresAt: { zh: '到期时间', en: 'Ends' },
  reason: { zh: '原因', en: 'Reason' },
  deviceId: { zh: '设备编号', en: 'Id of the device' },
  boundDevices: { zh: '已绑定的设备数', en: 'Devices bound by now' },
  userTagId: { zh: '持有的标签编号', en: 'Id of the member’s tag' },
  'tag.tagId': { zh: '标签编号', en: 'Id of the tag' },
  'tag.tagName': { zh: '标签名称', en: 'Name of the tag' },
  'tag.tagCode': { zh: '标签代码', en: 'Code of the tag' },
  'tag.tagType': { zh: '标签类型', en: 'Kind of the tag' },
  'tag.tagColor': { zh: '标签颜色', en: 'Colour of the tag' },
  'tag.tagIcon': { zh: '标签图标', en: 'Icon of the tag' },
  'tag.tagLevel': { zh: '标签级别', en: 'Level of the tag' },
  'tag.isActive': { zh: '标签有效', en: 'The tag is active' },
  grantedAt: { zh: '授予时间', en: 'Granted' },
  graceEndsAt: { zh: '宽限期至', en: 'Grace ends' },
  autoRenew: { zh: '自动续期', en: 'Auto-renewal' },
  feedbackId: { zh: '反馈编号', en: 'Id of the feedback' },
  user_id: { zh: '成员编号', en: 'Id of the member' },
  order_id: { zh: '订单编号', en: 'Id of the order' },
  review_id: { zh: '评价编号', en: 'Id of the review' },
  referred_user_id: { zh: '被推荐的成员编号', en: 'Id of who was referred' },
};

type Schema = {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
};
/** What a value is, where it is none or something else: a condition compares with the something. */
const something = (schema: Schema, named: Schema['$defs'] = {}): Schema => {
  const one = schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
  return one.$ref ? (named[one.$ref.replace('#/$defs/', '')] ?? one) : one;
};
function typeOf({ type, format }: Schema): RuleEventField['type'] | undefined {
  const kinds = [type].flat();
  if (kinds.includes('string')) return format === 'date-time' ? 'time' : 'text';
  if (kinds.includes('integer') || kinds.includes('number')) return 'number';
  return kinds.includes('boolean') ? 'boolean' : undefined;
}

/** Lists and free-form parts are left out: no condition can look into them. */
function fieldsOf({ properties = {}, $defs }: Schema, before = ''): RuleEventField[] {
  return Object.entries(properties).flatMap(([key, found]) => {
    const name = `${before}${key}`;
    const value = something(found, $defs);
    if (value.properties) return fieldsOf({ ...value, ...($defs ? { $defs } : {}) }, `${name}.`);
    const type = typeOf(value);
    return type ? [field(name, type, value.enum)] : [];
  });
}
function field(name: string, type: RuleEventField['type'], values: readonly unknown[] = []): RuleEventField {
  const title = TITLES[name];
  if (!title) throw new Error(`"${name}" of an event that rules may name has no title in rule-events.ts`);
  const texts = values.filter((one): one is string => typeof one === 'string');
  return { name, title, type, values: texts.length > 0 ? texts : null };
}

const SHOP: Readonly<Record<string, Text>> = {
  MEMBER_REGISTERED: { zh: '商店告知：会员注册。', en: 'The shop told that a member registered.' },
  MEMBER_LOGIN: { zh: '商店告知：会员登录。', en: 'The shop told that a member logged in.' },
  REVIEW_POSTED: { zh: '商店告知：会员发表评价。', en: 'The shop told that a member posted a review.' },
  REFERRAL_COMPLETED: {
    zh: '商店告知：会员推荐成功。',
    en: 'The shop told that a referral of a member came about.',
  },
};
const facts = [
  memberCreated,
  memberLoggedIn,
  assignmentCreated,
  assignmentActivated,
  deviceBound,
  vipGranted,
  vipRenewed,
  feedbackOpened,
];
const toldBy = new Map(
  webhookBody.options.map(({ shape }) => [shape.event_type.value as string, shape.event_data as z.ZodType]),
);
/** Logins of both kinds are told with the streak that they make. */
const LOGINS: readonly string[] = [memberLoggedIn.type, 'MEMBER_LOGIN'];

function ruleEvent(type: string): RuleEvent {
  const fact = facts.find((one) => one.type === type);
  const schema = fact?.data ?? toldBy.get(type);
  const description = fact?.description ?? SHOP[type];
  if (!schema || !description)
    throw new Error(`rules may name "${type}", and rule-events.ts does not know it`);
  const fields = fieldsOf(z.toJSONSchema(schema, { unrepresentable: 'any' }) as Schema);
  return {
    type,
    description,
    fields: LOGINS.includes(type) ? [field('streakDays', 'number'), ...fields] : fields,
  };
}
export const ruleEvents: readonly RuleEvent[] = awardableEvents.map(ruleEvent);

export const listRuleEvents = endpoint({
  service: 'points',
  dialect: 'drf',
  tag: 'Award rules',
  access: ['admin'],
  name: 'listRuleEvents',
  method: 'get',
  path: '/api/v1/points/rule-events/',
  kind: 'list',
  summary: {
    zh: '规则可以使用的事件，及其条件可以使用的字段',
    en: 'Events that rules may name, with the fields that conditions can look at',
  },
  description: {
    zh: '商店还可以在 `event_data` 中附带自己的字段；规则的条件和 `per_amount` 同样可以使用，此处不列出。',
    en: 'What a shop tells in `event_data` beside these can be used in conditions and `per_amount`, too; it is not listed.',
  },
  query: z.strictObject({ ...pageQuery(100) }),
  response: z
    .object({
      event_type: z.enum(awardableEvents),
      description: z.string().meta({ description: both('何时发生', 'When it is true') }),
      fields: z.array(
        z.object({
          name: z.string().meta({ description: both('条件中的 `field`', 'The `field` of a condition') }),
          title: z.string(),
          type: z.enum(fieldTypes),
          values: z
            .array(z.string())
            .nullable()
            .meta({
              description: both('可能的值；未知时为 null', 'All that it may be; null where that is open'),
            }),
        }),
      ),
    })
    .meta({ id: 'RuleEvent' }),
  examples: {
    response: {
      event_type: 'member.logged_in.v1',
      description: '会员已用密码证明身份。',
      fields: [{ name: 'streakDays', title: '连续登录天数', type: 'number', values: null }],
    },
  },
});
