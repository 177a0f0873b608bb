/** The points settings of a tenant. */
import { getPointsSettings, updatePointsSettings } from '@membership/contracts/endpoints/points/index';
import type { ItemOf } from '@membership/contracts/endpoint';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { SettingsChange } from './change-settings.ts';
import { standardSettings, type PointsSettings } from '../domain/points-settings.ts';
import { changesDefinitions } from '../tenants/tenant-definitions.ts';

const own = (all: readonly string[], standard: readonly string[]): string[] =>
  all.filter((category) => !standard.includes(category));

const settingsView = (settings: PointsSettings): ItemOf<typeof getPointsSettings> => ({
  default_expiry_days: settings.expiryDays,
  daily_limits: settings.dailyLimits,
  own_earning_categories: own(settings.earningCategories, standardSettings.earningCategories),
  own_spending_categories: own(settings.spendingCategories, standardSettings.spendingCategories),
  level_policy: {
    basis: settings.levelPolicy.basis,
    downgrade: settings.levelPolicy.downgrade,
    review_days: settings.levelPolicy.reviewDays,
  },
  hold_lifetime_minutes: settings.holdLifetimeMinutes,
  points_earned_per_currency_unit: settings.pointsEarnedPerUnit,
  points_redeemed_per_currency_unit: settings.pointsRedeemedPerUnit,
  transfers_enabled: settings.transfersEnabled,
});

export function settingsRoutes({ settings }: { settings: SettingsChange }): Implementation[] {
  return [
    implement(getPointsSettings, async ({ scope }) => settingsView(await settings.get(scope))),
    implementWrite(
      updatePointsSettings,
      async ({ scope, body, unit }) => {
        const policy = body.level_policy;
        const changes = {
          expiryDays: body.default_expiry_days,
          dailyLimits: body.daily_limits,
          ownEarningCategories: body.own_earning_categories,
          ownSpendingCategories: body.own_spending_categories,
          levelPolicy: policy && {
            basis: policy.basis,
            downgrade: policy.downgrade,
            reviewDays: policy.review_days,
          },
          holdLifetimeMinutes: body.hold_lifetime_minutes,
          pointsEarnedPerUnit: body.points_earned_per_currency_unit,
          pointsRedeemedPerUnit: body.points_redeemed_per_currency_unit,
          transfersEnabled: body.transfers_enabled,
        };
        return settingsView(await settings.change(scope, given(changes), unit));
      },
      changesDefinitions,
    ),
  ];
}
