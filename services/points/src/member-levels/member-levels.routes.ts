/** Member levels: the public ladder, its administration, and setting a member's level by hand. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import { invalid, refuse } from '@membership/contracts/errors';
import type { Order } from '@membership/contracts/schemas';
import type { Directory } from '@membership/platform/directory';
import { given } from '@membership/platform/given';
import {
  implement,
  implementOpen,
  implementWrite,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import { pageOf } from '@membership/platform/page-of';
import { scopeOfFound, type TenantScope } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { changesDefinitions } from '../tenants/tenant-definitions.ts';
import type { ShownDefinitions } from '../tenants/shown-definitions.ts';
import type { MemberLevelChanges, MemberLevels } from './change-member-level.ts';
import type { MemberLevel } from '../domain/member-level.ts';
import type { SettingMemberLevels } from './set-member-level.ts';
import { NO_BENEFITS } from '../domain/standard-member-levels.ts';

const LEVEL_ORDER: Record<string, string> = {
  required_spent: 'requiredSpent',
  level_name: 'name',
  level_code: 'code',
};

export const benefitsView = ({ benefits }: Pick<MemberLevel, 'benefits'>) => ({
  free_shipping: benefits.freeShipping,
  birthday_gift: benefits.birthdayGift,
  priority_service: benefits.priorityService,
  exclusive_events: benefits.exclusiveEvents,
});

export const memberLevelView = (level: MemberLevel): ItemOf<typeof contracts.getMemberLevel> => ({
  level_id: level._id,
  level_name: level.name,
  level_code: level.code,
  required_spent: level.requiredSpent / 100,
  discount_rate: level.payRate / 10_000,
  point_multiplier: level.pointMultiplier / 100,
  benefits: benefitsView(level),
});

const scaled = (value: number | undefined, by: number) =>
  value === undefined ? undefined : Math.round(value * by);

const changesOf = (body: RequestOf<typeof contracts.updateMemberLevel>['body']): MemberLevelChanges =>
  given({
    name: body.level_name,
    code: body.level_code,
    requiredSpent: scaled(body.required_spent, 100),
    payRate: scaled(body.discount_rate, 10_000),
    pointMultiplier: scaled(body.point_multiplier, 100),
    benefits:
      body.benefits &&
      given({
        freeShipping: body.benefits.free_shipping,
        birthdayGift: body.benefits.birthday_gift,
        priorityService: body.benefits.priority_service,
        exclusiveEvents: body.benefits.exclusive_events,
      }),
  });

export function memberLevelRoutes({
  levels,
  setting,
  shown,
  directory,
}: {
  levels: MemberLevels;
  setting: SettingMemberLevels;
  shown: ShownDefinitions;
  directory: Directory;
}): Implementation[] {
  /** The tenant that the request names, else the caller's own or that of the host, which the gateway has found. */
  const tenantScope = async (
    scope: TenantScope | null,
    code: string | undefined,
    http: RequestFacts,
  ): Promise<TenantScope> => {
    if (code === undefined) {
      if (!scope) throw refuse('TENANT_REQUIRED', { details: { parameter: 'tenant' } });
      const isByHost = scope.actor.kind === 'anonymous';
      if (isByHost && !(await directory.tenant(scope)).isActive) throw refuse('TENANT_SUSPENDED');
      return scope;
    }
    const tenant = await directory.findTenantByCode(code);
    if (!tenant) throw invalid({ tenant: { zh: '租户不存在', en: 'There is no such tenant' } });
    if (!tenant.isActive) throw refuse('TENANT_SUSPENDED');
    return scopeOfFound(tenant._id, http);
  };
  return [
    implementOpen(contracts.listMemberLevels, async ({ scope, query, http }) => {
      const ladder = await shown.memberLevels(await tenantScope(scope, query.tenant, http));
      return { levels: ladder.map(memberLevelView) };
    }),
    implementWrite(contracts.setMemberLevel, async ({ scope, body, unit }) => {
      const { previous, current, operation } = await setting.set(
        scope,
        {
          memberId: body.user_id,
          levelId: body.target_level_id,
          reason: body.reason ?? null,
          operator: body.operator ?? null,
        },
        unit,
      );
      return {
        old_level: previous.name,
        new_level: current.name,
        effective_time: operation.createdAt.toISOString(),
        operation_id: `OP${operation._id}`,
      };
    }),
    implement(contracts.pageMemberLevels, async ({ scope, query }) => {
      const page = pageOf(await shown.memberLevels(scope), {
        page: query.page,
        size: query.limit,
        sort: sortOf(query.ordering as Order[], LEVEL_ORDER),
      });
      return { ...page, items: page.items.map(memberLevelView) };
    }),
    implement(contracts.getMemberLevel, async ({ scope, params: { id } }) => {
      const known = (await shown.memberLevels(scope)).find(({ _id }) => _id === id);
      return memberLevelView(known ?? (await levels.get(scope, id)));
    }),
    implementWrite(
      contracts.createMemberLevel,
      async ({ scope, body, unit }) => {
        const { benefits, ...changes } = changesOf(body);
        const whole = { ...changes, benefits: { ...NO_BENEFITS, ...benefits } };
        return memberLevelView(
          await levels.create(scope, whole as Parameters<typeof levels.create>[1], unit),
        );
      },
      changesDefinitions,
    ),
    implementWrite(
      contracts.updateMemberLevel,
      async ({ scope, params, body, unit }) =>
        memberLevelView(await levels.change(scope, params.id, changesOf(body), unit)),
      changesDefinitions,
    ),
    implementWrite(
      contracts.deleteMemberLevel,
      async ({ scope, params, unit }) => {
        await levels.remove(scope, params.id, unit);
        return { level_id: params.id };
      },
      changesDefinitions,
    ),
  ];
}
