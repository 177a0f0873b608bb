/** Award rules: the administration of what facts give. */
import {
  createRule,
  deleteRule,
  dryRunRules,
  getRule,
  listRuleEvents,
  listRules,
  ruleEvents,
  updateRule,
} from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { AwardRules, RuleChanges } from './award-rules.ts';
import type { DryRun, Tried } from './dry-run.ts';
import { errors, type ErrorCode } from '@membership/contracts/errors';
import type { Language, Text } from '@membership/contracts/text';
import type { Rule } from '../domain/rule.ts';
import { changesDefinitions } from '../tenants/tenant-definitions.ts';

const RULE_ORDER: Record<string, string> = { order: 'order', name: 'name', created_at: 'createdAt' };

const ruleView = (rule: Rule): ItemOf<typeof getRule> => ({
  id: rule._id,
  version: rule.version,
  name: rule.name,
  event_type: rule.eventType,
  conditions: rule.conditions as ItemOf<typeof getRule>['conditions'],
  points: rule.points,
  per_amount: rule.perAmount ?? null,
  caps: {
    per_day: rule.caps?.perDay ?? null,
    per_member: rule.caps?.perMember ?? null,
    budget: rule.caps?.budget ?? null,
  },
  category: rule.category,
  subcategory: rule.subcategory,
  reason: rule.reason,
  valid_from: rule.validFrom?.toISOString() ?? null,
  valid_to: rule.validTo?.toISOString() ?? null,
  order: rule.order,
  is_active: rule.isActive,
  created_at: rule.createdAt.toISOString(),
  updated_at: rule.updatedAt.toISOString(),
});

const changesOf = (body: RequestOf<typeof updateRule>['body']): RuleChanges => {
  const {
    event_type: eventType,
    valid_from: validFrom,
    valid_to: validTo,
    is_active: isActive,
    per_amount: perAmount,
    caps: asked,
    ...same
  } = body;
  const caps = asked && { perDay: asked.per_day, perMember: asked.per_member, budget: asked.budget };
  return given({ ...same, eventType, validFrom, validTo, isActive, perAmount, caps });
};

const OBSTACLES: Readonly<Record<string, Text>> = {
  INACTIVE: { zh: '规则未启用', en: 'The rule is not active' },
  NOT_YET_VALID: { zh: '规则尚未生效', en: 'The rule is not valid yet' },
  NO_LONGER_VALID: { zh: '规则已过期', en: 'The rule is not valid any more' },
  NO_POINTS: { zh: '该事件不产生积分', en: 'The event comes to no points' },
  DAILY_LIMIT_EXCEEDED: {
    zh: '会超过积分设置中该类别的每日上限',
    en: 'It would pass the limit of a day that the points settings have for its category',
  },
  CAP_PER_DAY: { zh: '超过该规则的每日上限', en: 'It would pass the cap of a day' },
  CAP_PER_MEMBER: { zh: '超过该规则的会员上限', en: 'It would pass the cap of a member' },
  CAP_BUDGET: { zh: '超过该规则的总预算', en: 'It would pass the budget' },
};
function reasonView(obstacle: Tried['obstacles'][number], language: Language) {
  if ('condition' in obstacle) {
    const { field, operator, value } = obstacle.condition;
    const [wanted, actual] = [JSON.stringify(value), JSON.stringify(obstacle.actual)];
    const text = {
      zh: `条件不满足：${field} ${operator} ${wanted}，实际为 ${actual}`,
      en: `The condition does not hold: ${field} ${operator} ${wanted}; it is ${actual}`,
    };
    return { code: obstacle.code, message: text[language] };
  }
  const text = OBSTACLES[obstacle.code] ?? errors[obstacle.code as ErrorCode].text;
  return { code: obstacle.code, message: text[language] };
}

export function ruleRoutes({ rules, dryRun }: { rules: AwardRules; dryRun: DryRun }): Implementation[] {
  return [
    implement(listRules, async ({ scope, query }) => {
      const filter = {
        ...(query.ids === undefined ? {} : { _id: { $in: query.ids } }),
        ...(query.event_type === undefined ? {} : { eventType: query.event_type }),
        ...(query.is_active === undefined ? {} : { isActive: query.is_active }),
      };
      const page = await rules.list(scope, filter, {
        page: query.page,
        size: query.page_size,
        sort: sortOf(query.ordering as Order[], RULE_ORDER),
      });
      return { ...page, items: page.items.map(ruleView) };
    }),
    implement(listRuleEvents, ({ query: { page, page_size: size }, http: { language } }) => ({
      items: ruleEvents.slice((page - 1) * size, page * size).map(({ type, description, fields }) => ({
        event_type: type as ItemOf<typeof listRuleEvents>['event_type'],
        description: description[language],
        fields: fields.map(({ title, values, ...same }) => ({
          ...same,
          title: title[language],
          values: values && [...values],
        })),
      })),
      count: ruleEvents.length,
    })),
    implement(getRule, async ({ scope, params }) => ruleView(await rules.get(scope, params.id))),
    implementWrite(
      createRule,
      async ({ scope, body, unit }) =>
        ruleView(await rules.create(scope, changesOf(body) as Required<RuleChanges>, unit)),
      changesDefinitions,
    ),
    implementWrite(
      updateRule,
      async ({ scope, params, body, unit }) =>
        ruleView(await rules.change(scope, params.id, changesOf(body), unit)),
      changesDefinitions,
    ),
    implementWrite(
      deleteRule,
      async ({ scope, params, unit }) => rules.remove(scope, params.id, unit),
      changesDefinitions,
    ),
    implement(dryRunRules, async ({ scope, body, http }) => {
      const tried = await dryRun.run(scope, {
        eventType: body.event_type,
        data: body.data,
        memberId: body.member,
        at: body.at ?? http.now,
      });
      return {
        results: tried.map(({ rule, points, actual, obstacles }) => ({
          rule_id: rule._id,
          rule_name: rule.name,
          version: rule.version,
          would_award: obstacles.length === 0,
          points,
          actual_points: actual,
          category: rule.category,
          reasons: obstacles.map((obstacle) => reasonView(obstacle, http.language)),
        })),
        total_points: tried.reduce((sum, { points }) => sum + points, 0),
      };
    }),
  ];
}
