/** Answers the endpoints of tag definitions. */
import * as contracts from '@membership/contracts/endpoints/vip/tags';
import type { RequestOf } from '@membership/contracts/endpoint';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import { sortOf } from '@membership/platform/sorting';
import { changeTag } from './change-tag.ts';
import { defineTag } from './define-tag.ts';
import { retireTag } from './retire-tag.ts';
import type { TagRepository } from './tag-repository.ts';
import { allFields, changedFields, tagView } from './tags.views.ts';

const FIELDS = {
  tag_level: 'level',
  tag_name: 'name',
  tag_code: 'code',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
};
type Listing = Pick<RequestOf<typeof contracts.listTags>, 'query'> & { readonly scope: TenantScope };

export function tagRoutes(stores: { readonly tags: TagRepository; readonly ids: Ids }): Implementation[] {
  const { tags } = stores;
  const list = async ({ scope, query }: Listing) => {
    const {
      page,
      page_size: size,
      tag_type: type,
      is_active: isActive,
      is_assignable: isAssignable,
      requires_payment: requiresPayment,
      search,
    } = query;
    const found = await tags.list(
      scope,
      { type, isActive, isAssignable, requiresPayment, search },
      sortOf(query.ordering, FIELDS),
      { page, size },
    );
    return { ...found, items: found.items.map(tagView) };
  };
  return [
    implement(contracts.listUserTypeTags, list),
    implement(contracts.getUserTypeTag, async ({ scope, params }) =>
      tagView(await tags.get(scope, params.id)),
    ),
    implement(contracts.listTags, list),
    implementWrite(contracts.defineTag, async ({ scope, body, http, unit }) =>
      tagView(await defineTag(stores, scope, allFields(body), http.now, unit)),
    ),
    implement(contracts.getTag, async ({ scope, params }) => tagView(await tags.get(scope, params.id))),
    implementWrite(contracts.replaceTag, async ({ scope, params, body, http, unit }) =>
      tagView(
        await changeTag(stores, scope, { id: params.id, fields: allFields(body), now: http.now }, unit),
      ),
    ),
    implementWrite(contracts.changeTag, async ({ scope, params, body, http, unit }) =>
      tagView(
        await changeTag(stores, scope, { id: params.id, fields: changedFields(body), now: http.now }, unit),
      ),
    ),
    implementWrite(contracts.retireTag, async ({ scope, params, http, unit }) =>
      retireTag(stores, scope, params.id, http.now, unit),
    ),
  ];
}
