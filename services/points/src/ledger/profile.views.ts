/** Profiles as clients see them (seed 001). snake_case begins here. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type {
  activeTag,
  getProfile,
  getProfilePermissions,
  getProfileSummary,
} from '@membership/contracts/endpoints/points/index';
import type { Tenant } from '@membership/platform/directory';
import type { z } from 'zod';
import { progress, type Level } from '../domain/level.ts';
import { countedPoints } from '../domain/level-policy.ts';
import type { Definitions } from '../domain/definitions.ts';
import type { TagProjection } from '../domain/member-tag.ts';
import type { DayCounts } from '../domain/day-totals.ts';
import { effectivePermissions, gives, tagState } from '../domain/effective-permissions.ts';
import { plusDays } from '@membership/platform/calendar';
import { periodOf, predictions, trendOf } from './period.ts';
import { multiplierText, type Profile } from '../domain/profile.ts';
import { owedBy } from '../domain/debt.ts';

export type ProfileSurroundings = {
  readonly tenant: Tenant;
  readonly levels: readonly Level[];
  readonly tags: readonly TagProjection[];
  /** Of the last 30 days. */
  readonly days: readonly DayCounts[];
  readonly now: Date;
};
const DAY = 86_400_000;
const iso = (date: Date | null): string | null => date?.toISOString() ?? null;
const levelOf = (profile: Profile, levels: readonly Level[]): Level | undefined =>
  levels.find((level) => level._id === profile.levelId);

/** The member's own role, whoever asks. */
const isAdmin = ({ isMemberAdmin = false }: Profile): boolean => isMemberAdmin;

export function profileView(
  profile: Profile,
  { tenant, levels, tags, days, now }: ProfileSurroundings,
): ItemOf<typeof getProfile> {
  const level = levelOf(profile, levels);
  const period = periodOf(days);
  const categories = [
    ...new Set([...Object.keys(period.earnedByCategory), ...Object.keys(period.spentByCategory)]),
  ];
  return {
    id: profile._id,
    member: profile._id,
    tenant: profile.tenantId,
    total_points: profile.total,
    available_points: profile.available,
    frozen_points: profile.frozen,
    owed_points: owedBy(profile),
    current_level: profile.levelId,
    level_updated_at: iso(profile.levelUpdatedAt),
    level_review_at: iso(profile.levelReviewAt ?? null),
    level_set_by_hand: profile.levelFloor
      ? {
          level: profile.levelFloor.levelId,
          reason: profile.levelFloor.reason,
          operator_id: profile.levelFloor.operatorId,
          set_at: profile.levelFloor.setAt.toISOString(),
        }
      : null,
    points_earned_total: profile.earnedTotal,
    points_spent_total: profile.spentTotal,
    points_expired_total: profile.expiredTotal,
    last_points_update: iso(profile.lastPointsUpdate),
    last_level_check: iso(profile.lastLevelCheck),
    consecutive_login_days: profile.consecutiveLoginDays,
    last_login_date: profile.lastLoginDate,
    points_multiplier: multiplierText(profile.multiplier),
    is_points_enabled: profile.isEnabled,
    member_info: {
      id: profile._id,
      username: profile.username,
      email: profile.email,
      is_active: profile.isMemberActive,
    },
    tenant_info: { id: tenant._id, name: tenant.name, is_active: tenant.isActive },
    current_level_info: level
      ? {
          id: level._id,
          level_name: level.name,
          level_code: level.code,
          level_order: level.order,
          min_points: level.minPoints,
          max_points: level.maxPoints,
          level_color: level.color,
          level_icon: level.icon,
        }
      : null,
    points_summary: {
      total_points: profile.total,
      current_level: level?.name ?? null,
      points_multiplier: profile.multiplier / 100,
      summary_period_days: 30,
      earned: { total: period.earned, categories: period.earnedByCategory },
      spent: { total: period.spent, categories: period.spentByCategory },
      net_change: period.earned - period.spent,
      category_breakdown: categories.map((category) => {
        const earned = period.earnedByCategory[category] ?? 0;
        const spent = period.spentByCategory[category] ?? 0;
        return { category, earned, spent, net: earned - spent };
      }),
    },
    active_tags: tags.filter((tag) => gives(tag, now)).map((tag) => tagView(tag, now)),
    effective_permissions: effectivePermissions({
      level,
      tags,
      isEnabled: profile.isEnabled,
      isAdmin: isAdmin(profile),
      now,
    }).effective,
    created_at: profile.createdAt.toISOString(),
    updated_at: profile.updatedAt.toISOString(),
  };
}

function tagView(tag: TagProjection, now: Date): z.input<typeof activeTag> {
  const state = tagState(tag, now);
  const daysLeft =
    tag.expiresAt === null ? null : Math.max(0, Math.floor((tag.expiresAt.getTime() - now.getTime()) / DAY));
  return {
    id: tag.tag.tagId,
    tag_name: tag.tag.tagName,
    tag_code: tag.tag.tagCode,
    tag_type: tag.tag.tagType,
    tag_color: tag.tag.tagColor,
    expires_at: iso(tag.expiresAt),
    status: state,
    vip_status: {
      is_active: state === 'active',
      is_expired: state === 'expired',
      is_in_grace_period: state === 'grace',
      days_until_expiry: daysLeft,
    },
  };
}

export function summaryView(
  profile: Profile,
  { levels, settings }: Pick<Definitions, 'levels' | 'settings'>,
  days: readonly DayCounts[],
  today: string,
  length: number,
): ItemOf<typeof getProfileSummary> {
  const level = levelOf(profile, levels);
  const window = days.filter(({ day }) => day >= plusDays(today, 1 - length));
  const counted = countedPoints(settings.levelPolicy, profile);
  const period = periodOf(window);
  const { next, pointsToNext, percentage } = progress(levels, level, counted);
  const { estimatedDays, monthlyAverage } = predictions(period.earned, length, pointsToNext);
  const byDay = (list: readonly { date: string; points: number }[]) =>
    list.map(({ date, points }) => ({ date, points }));
  return {
    total_points: profile.total,
    available_points: profile.available,
    frozen_points: profile.frozen,
    current_level: level?.name ?? null,
    points_multiplier: profile.multiplier / 100,
    summary_period_days: length,
    earned: { total: period.earned, by_category: period.earnedByCategory, by_day: byDay(period.earnedByDay) },
    spent: { total: period.spent, by_category: period.spentByCategory, by_day: byDay(period.spentByDay) },
    net_change: period.earned - period.spent,
    level_progress: {
      current_level: level
        ? { name: level.name, color: level.color, min_points: level.minPoints, max_points: level.maxPoints }
        : null,
      current_points: counted,
      next_level: next ? { name: next.name, color: next.color, min_points: next.minPoints } : null,
      points_to_next: pointsToNext,
      progress_percentage: percentage,
    },
    predictions: {
      estimated_days_to_next_level: estimatedDays,
      monthly_average_earned: monthlyAverage,
      trend: trendOf(window, today, length),
    },
  };
}

export function permissionsView(
  profile: Profile,
  { levels, tags, now }: Pick<ProfileSurroundings, 'levels' | 'tags' | 'now'>,
): ItemOf<typeof getProfilePermissions> {
  const {
    base,
    level,
    tags: byTag,
    effective,
    quotas,
    quotaCalculation,
    calculation,
  } = effectivePermissions({
    level: levelOf(profile, levels),
    tags,
    isEnabled: profile.isEnabled,
    isAdmin: isAdmin(profile),
    now,
  });
  const { can_manage_points: _, ...shown } = effective;
  const { can_manage_points: _quota, ...permitted } = quotas;
  return {
    user_id: profile._id,
    tenant_id: profile.tenantId,
    base_permissions: base,
    level_permissions: level,
    vip_tag_permissions: byTag,
    // A quota that is named like a permission is none.
    effective_permissions: {
      ...permitted,
      ...shown,
      ...(isAdmin(profile) ? { can_manage_points: true } : {}),
    },
    permission_calculation: calculation,
    quota_calculation: quotaCalculation,
  };
}
