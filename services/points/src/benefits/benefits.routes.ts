/** Benefits: what a member has, using one, and their administration. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import { notFound } from '@membership/contracts/errors';
import type { Order } from '@membership/contracts/schemas';
import { dayOf } from '@membership/platform/calendar';
import { canonicalJson } from '@membership/platform/canonical-json';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { pageOf } from '@membership/platform/page-of';
import { digest, requireMemberId } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProfileOpening } from '../ledger/profile-opening.ts';
import type { ProfileRepository } from '../ledger/profile-repository.ts';
import type { OrderRepository } from '../orders/order-repository.ts';
import { changesDefinitions } from '../tenants/tenant-definitions.ts';
import type { ShownDefinitions } from '../tenants/shown-definitions.ts';
import { admits, memberLevelOf } from '../domain/member-level.ts';
import { countKeyOf, descriptionFor, periodOf, valueFor, type Benefit } from '../domain/benefit.ts';
import type { BenefitChanges, Benefits } from './benefits.ts';
import { useBenefit } from './use-benefit.ts';

const minor = (amount: number | undefined): number | undefined =>
  amount === undefined ? undefined : Math.round(amount * 100);

const benefitView = (benefit: Benefit): ItemOf<typeof contracts.getBenefit> => ({
  benefit_id: benefit.code,
  benefit_name: benefit.name,
  benefit_type: benefit.type,
  value: benefit.value,
  description: benefit.description,
  required_level: benefit.requiredLevelId,
  usage_limit: benefit.usageLimit,
  limit_period: benefit.limitPeriod,
  is_active: benefit.isActive,
  created_at: benefit.createdAt.toISOString(),
  updated_at: benefit.updatedAt.toISOString(),
});
const changesOf = (body: RequestOf<typeof contracts.updateBenefit>['body']): BenefitChanges =>
  given({
    name: body.benefit_name,
    value: body.value,
    description: body.description,
    requiredLevelId: body.required_level,
    usageLimit: body.usage_limit,
    limitPeriod: body.limit_period,
    isActive: body.is_active,
  });

type Wiring = {
  readonly ledger: Ledger;
  readonly opening: ProfileOpening;
  readonly profiles: ProfileRepository;
  readonly benefits: Benefits;
  readonly orders: OrderRepository;
  readonly shown: ShownDefinitions;
};

export function benefitRoutes({
  ledger,
  opening,
  profiles,
  benefits,
  orders,
  shown,
}: Wiring): Implementation[] {
  return [
    implement(contracts.listAvailableBenefits, async ({ scope, http }) => {
      const memberId = requireMemberId(scope);
      await opening.ensure(scope, memberId);
      const profile = await profiles.find(scope, memberId);
      const memberLevels = await shown.memberLevels(scope);
      const level = profile && memberLevelOf(memberLevels, profile);
      if (!level) throw notFound();
      const today = dayOf(await ledger.zoneOf(scope), http.now);
      const offered = (await shown.benefits(scope)).filter(
        (benefit) => benefit.isActive && admits(benefit, level, memberLevels),
      );
      const mine = pageOf(offered, { page: 1, size: offered.length, sort: { code: 1, _id: 1 } }).items.map(
        (benefit) => {
          const { last } = periodOf(benefit, today);
          return { benefit, last, countKey: countKeyOf(benefit, memberId, today) };
        },
      );
      const counts = await benefits.counts(
        scope,
        mine.map(({ countKey }) => countKey),
      );
      return {
        current_level: level.name,
        benefits: mine.map(({ benefit, last, countKey }) => ({
          benefit_id: benefit.code,
          benefit_name: benefit.name,
          benefit_type: benefit.type,
          value: valueFor(benefit, level),
          description: descriptionFor(benefit, level),
          usage_limit: benefit.usageLimit,
          used_count: counts.get(countKey) ?? 0,
          valid_until: last,
        })),
      };
    }),
    implementWrite(
      contracts.useBenefit,
      async ({ scope, body, unit }) =>
        useBenefit(
          { ledger, opening, orders },
          scope,
          {
            memberId: body.user_id,
            benefitCode: body.benefit_id,
            orderId: body.order_id,
            amount: minor(body.usage_context?.original_amount) ?? 0,
            shipping: minor(body.usage_context?.shipping_fee) ?? 0,
            applied: minor(body.usage_context?.discount_applied),
            fingerprint: digest(canonicalJson(body)),
          },
          unit,
        ),
      { inTurn: ({ body }) => `benefits of:${body.user_id}` },
    ),
    implement(contracts.pageBenefits, async ({ scope, query }) => {
      const sort = sortOf(query.ordering as Order[], { benefit_id: 'code' });
      const page = pageOf(await shown.benefits(scope), { page: query.page, size: query.limit, sort });
      return { ...page, items: page.items.map(benefitView) };
    }),
    implement(contracts.getBenefit, async ({ scope, params: { benefit_id: code } }) => {
      const known = (await shown.benefits(scope)).find((benefit) => benefit.code === code);
      return benefitView(known ?? (await benefits.get(scope, code)));
    }),
    implementWrite(
      contracts.createBenefit,
      async ({ scope, body, unit }) => {
        const given = { ...changesOf(body), code: body.benefit_id, type: body.benefit_type };
        return benefitView(
          await benefits.define(scope, given as Parameters<typeof benefits.define>[1], unit),
        );
      },
      changesDefinitions,
    ),
    implementWrite(
      contracts.updateBenefit,
      async ({ scope, params, body, unit }) =>
        benefitView(await benefits.change(scope, params.benefit_id, changesOf(body), unit)),
      changesDefinitions,
    ),
    implementWrite(
      contracts.deleteBenefit,
      async ({ scope, params, unit }) => {
        await benefits.remove(scope, params.benefit_id, unit);
        return { benefit_id: params.benefit_id };
      },
      changesDefinitions,
    ),
  ];
}
