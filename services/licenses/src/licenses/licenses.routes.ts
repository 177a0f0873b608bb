/** Answers the endpoints of licences. */
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Directory } from '@membership/platform/directory';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import type { TenantScope } from '@membership/platform/scope';
import { inTime, literally } from '@membership/platform/search';
import { sortOf } from '@membership/platform/sorting';
import { endOfMoment } from '@membership/platform/tenant-moment';
import {
  removeLicense,
  renewLicense,
  revokeLicense,
  rotateKey,
  updateLicense,
  type ChangeStores,
} from './change-license.ts';
import { issueLicense, type LicenseStores } from './issue-license.ts';
import type { License } from '../domain/license.ts';
import { licenseView } from './licenses.views.ts';

const ORDERINGS = { created_at: 'createdAt', expires_at: 'expiresAt' };

export function licenseRoutes(
  stores: LicenseStores & ChangeStores & { readonly directory: Directory },
): Implementation[] {
  const { licenses, products, plans, directory } = stores;
  const viewsOf = async (scope: TenantScope, found: readonly License[], now: Date) => {
    const productById = await products.byId(
      scope,
      found.map((license) => license.productId),
    );
    const planById = await plans.byId(
      scope,
      found.map((license) => license.planId),
    );
    return found.map((license) =>
      licenseView(license, productById.get(license.productId), planById.get(license.planId), now),
    );
  };
  const viewOf = async (scope: TenantScope, license: License, now: Date) =>
    (await viewsOf(scope, [license], now))[0] as ReturnType<typeof licenseView>;
  return [
    implement(contracts.listLicenses, async ({ scope, query, http }) => {
      const {
        product_id: productId,
        plan_id: planId,
        license_key: licenseKey,
        status,
        nearly_full: isNearlyFull,
        search: text,
        ids,
        page,
        page_size: size,
      } = query;
      const expiresBefore = await endOfMoment(directory, scope, query.expires_before);
      const name = text ? literally(text) : undefined;
      const [productIds, planIds] = name
        ? await Promise.all([products.idsNamed(scope, name), plans.idsNamed(scope, name)])
        : [[], []];
      const search = text ? { text, productIds, planIds } : undefined;
      const finding = licenses.list(
        scope,
        { search, ids, productId, planId, licenseKey, status, expiresBefore, isNearlyFull },
        http.now,
        sortOf(query.ordering, ORDERINGS),
        { page, size },
      );
      const found = await inTime(finding);
      return { ...found, items: await viewsOf(scope, found.items, http.now) };
    }),
    implementWrite(contracts.issueLicense, async ({ scope, body, http, unit }) => {
      const {
        product_id: productId,
        plan_id: planId,
        license_key: licenseKey,
        max_activations: maxActivations,
        expires_at: expiresAt,
        notes,
      } = body;
      return viewOf(
        scope,
        await issueLicense(
          stores,
          scope,
          { productId, planId, licenseKey, maxActivations, expiresAt, notes, now: http.now },
          unit,
        ),
        http.now,
      );
    }),
    implement(contracts.getLicense, async ({ scope, params, http }) =>
      viewOf(scope, await licenses.get(scope, params.id), http.now),
    ),
    implementWrite(contracts.updateLicense, async ({ scope, params, body, http, unit }) => {
      const change = { maxActivations: body.max_activations, expiresAt: body.expires_at, notes: body.notes };
      return viewOf(scope, await updateLicense(stores, scope, params.id, change, http.now, unit), http.now);
    }),
    implementWrite(contracts.renewLicense, async ({ scope, params, body, http, unit }) => {
      const command = { id: params.id, days: body.duration_days, now: http.now };
      return viewOf(scope, await renewLicense(stores, scope, command, unit), http.now);
    }),
    implementWrite(contracts.deleteLicense, ({ scope, params, http, unit }) =>
      removeLicense(stores, scope, params.id, http.now, unit),
    ),
    implementWrite(contracts.revokeLicense, async ({ scope, params, body, http, unit }) =>
      viewOf(
        scope,
        await revokeLicense(stores, scope, params.id, { now: http.now, reason: body.reason ?? null }, unit),
        http.now,
      ),
    ),
    implementWrite(contracts.rotateLicenseKey, async ({ scope, params, http, unit }) =>
      viewOf(scope, await rotateKey(stores, scope, params.id, http.now, unit), http.now),
    ),
  ];
}
