/** User levels: reading the ladder, and changing it. */
import {
  createUserLevel,
  deleteUserLevel,
  getUserLevel,
  listUserLevels,
  replaceUserLevel,
  updateUserLevel,
} from '@membership/contracts/endpoints/points/index';
import type { ItemOf, RequestOf } from '@membership/contracts/endpoint';
import type { Order } from '@membership/contracts/schemas';
import { given } from '@membership/platform/given';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import type { Level } from '../domain/level.ts';
import type { LevelChanges, UserLevels } from './user-levels.ts';

const LEVEL_ORDER: Record<string, string> = {
  level_order: 'order',
  level_name: 'name',
  level_code: 'code',
  min_points: 'minPoints',
  created_at: 'createdAt',
};

export const levelView = (level: Level): ItemOf<typeof getUserLevel> => ({
  id: level._id,
  level_name: level.name,
  level_code: level.code,
  level_order: level.order,
  min_points: level.minPoints,
  max_points: level.maxPoints,
  permissions: level.permissions,
  quota_config: level.quotas,
  level_color: level.color,
  level_icon: level.icon,
  level_description: level.description,
  is_active: level.isActive,
  is_default: level.isDefault,
  created_at: level.createdAt.toISOString(),
  updated_at: level.updatedAt.toISOString(),
});

const changesOf = (body: RequestOf<typeof updateUserLevel>['body']): LevelChanges =>
  given({
    name: body.level_name,
    code: body.level_code,
    order: body.level_order,
    minPoints: body.min_points,
    maxPoints: body.max_points,
    permissions: body.permissions,
    quotas: body.quota_config,
    color: body.level_color,
    icon: body.level_icon,
    description: body.level_description,
    isActive: body.is_active,
    isDefault: body.is_default,
  });

export function levelRoutes({ levels }: { levels: UserLevels }): Implementation[] {
  return [
    implement(listUserLevels, async ({ scope, query }) => {
      const filter = { isActive: query.is_active, isDefault: query.is_default, search: query.search };
      const page = await levels.list(scope, filter, {
        page: query.page,
        size: query.page_size,
        sort: sortOf(query.ordering as Order[], LEVEL_ORDER),
      });
      return { ...page, items: page.items.map(levelView) };
    }),
    implement(getUserLevel, async ({ scope, params }) => levelView(await levels.get(scope, params.id))),
    implementWrite(createUserLevel, async ({ scope, body, unit }) =>
      levelView(await levels.create(scope, changesOf(body) as Required<LevelChanges>, unit)),
    ),
    implementWrite(replaceUserLevel, async ({ scope, params, body, unit }) =>
      levelView(await levels.change(scope, params.id, changesOf(body), unit)),
    ),
    implementWrite(updateUserLevel, async ({ scope, params, body, unit }) =>
      levelView(await levels.change(scope, params.id, changesOf(body), unit)),
    ),
    implementWrite(deleteUserLevel, async ({ scope, params, unit }) => levels.remove(scope, params.id, unit)),
  ];
}
