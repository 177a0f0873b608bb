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
import { pageOf } from '@membership/platform/page-of';
import { literally } from '@membership/platform/search';
import { sortOf } from '@membership/platform/sorting';
import type { Level } from '../domain/level.ts';
import { changesDefinitions } from '../tenants/tenant-definitions.ts';
import type { ShownDefinitions } from '../tenants/shown-definitions.ts';
import type { LevelChanges, UserLevels } from './user-levels.ts';

type Query = RequestOf<typeof listUserLevels>['query'];

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

/** Whether a level is one of those that are asked for. */
function matching({ is_active, is_default, search }: Query): (level: Level) => boolean {
  const text = search ? literally(search) : undefined;
  return ({ name, code, description, isActive, isDefault }) =>
    (is_active ?? isActive) === isActive &&
    (is_default ?? isDefault) === isDefault &&
    (!text || [name, code, description].some((one) => text.test(one)));
}

export function levelRoutes({
  levels,
  shown,
}: {
  levels: UserLevels;
  shown: ShownDefinitions;
}): Implementation[] {
  return [
    implement(listUserLevels, async ({ scope, query }) => {
      const page = pageOf((await shown.levels(scope)).filter(matching(query)), {
        page: query.page,
        size: query.page_size,
        sort: sortOf(query.ordering as Order[], LEVEL_ORDER),
      });
      return { ...page, items: page.items.map(levelView) };
    }),
    implement(getUserLevel, async ({ scope, params: { id } }) => {
      const known = (await shown.levels(scope)).find(({ _id }) => _id === id);
      return levelView(known ?? (await levels.get(scope, id)));
    }),
    implementWrite(
      createUserLevel,
      async ({ scope, body, unit }) =>
        levelView(await levels.create(scope, changesOf(body) as Required<LevelChanges>, unit)),
      changesDefinitions,
    ),
    implementWrite(
      replaceUserLevel,
      async ({ scope, params, body, unit }) =>
        levelView(await levels.change(scope, params.id, changesOf(body), unit)),
      changesDefinitions,
    ),
    implementWrite(
      updateUserLevel,
      async ({ scope, params, body, unit }) =>
        levelView(await levels.change(scope, params.id, changesOf(body), unit)),
      changesDefinitions,
    ),
    implementWrite(
      deleteUserLevel,
      async ({ scope, params, unit }) => levels.remove(scope, params.id, unit),
      changesDefinitions,
    ),
  ];
}
