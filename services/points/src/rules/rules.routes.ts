/** Award rules: the administration of what facts give. */
import {
  createRule,
  deleteRule,
  getRule,
  listRules,
  updateRule,
} from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { AwardRules, RuleChanges } from './award-rules.ts';
import type { Rule } from './rule.ts';

const RULE_ORDER: Record<string, string> = { order: 'order', name: 'name', created_at: 'createdAt' };

const ruleView = (rule: Rule): ItemOf<typeof getRule> => ({
  id: rule._id,
  version: rule.version,
  name: rule.name,
  event_type: rule.eventType,
  conditions: rule.conditions as ItemOf<typeof getRule>['conditions'],
  points: rule.points,
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

type Body = {
  [Field in
    | 'name'
    | 'event_type'
    | 'conditions'
    | 'points'
    | 'category'
    | 'subcategory'
    | 'reason'
    | 'valid_from'
    | 'valid_to'
    | 'order'
    | 'is_active']?: unknown;
};
const changesOf = (body: Body): RuleChanges => {
  const {
    event_type: eventType,
    valid_from: validFrom,
    valid_to: validTo,
    is_active: isActive,
    ...same
  } = body;
  return Object.fromEntries(
    Object.entries({ ...same, eventType, validFrom, validTo, isActive }).filter(
      ([, value]) => value !== undefined,
    ),
  );
};

export function ruleRoutes({ rules }: { rules: AwardRules }): Implementation[] {
  return [
    implement(listRules, async ({ scope, query }) => {
      const filter = {
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
    implement(getRule, async ({ scope, params }) => ruleView(await rules.get(scope, params.id))),
    implementWrite(createRule, async ({ scope, body, unit }) =>
      ruleView(await rules.create(scope, changesOf(body) as Required<RuleChanges>, unit)),
    ),
    implementWrite(updateRule, async ({ scope, params, body, unit }) =>
      ruleView(await rules.change(scope, params.id, changesOf(body), unit)),
    ),
    implementWrite(deleteRule, async ({ scope, params, unit }) => rules.remove(scope, params.id, unit)),
  ];
}
