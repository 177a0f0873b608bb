/** Assignments as clients see them: rows, whole, and the receipt of a step. */
import type { ItemOf } from '@membership/contracts/endpoint';
import type * as contracts from '@membership/contracts/endpoints/licenses/index';
import type { Directory, Member } from '@membership/platform/directory';
import type { TenantScope } from '@membership/platform/scope';
import type { CatalogueRepository } from '../catalogue/catalogue-repository.ts';
import type { Plan, Product } from '../domain/product.ts';
import { bindingView } from './devices.views.ts';
import type { DeviceRepository } from '../storage/device-repository.ts';
import { quotaOf, type License } from '../domain/license.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';
import { daysLeft, endText } from '../term.ts';
import { usageStats } from '../usage/usage.ts';
import type { UsageRepository } from '../usage/usage-repository.ts';
import { statusAt, withEnd, type Assignment } from '../domain/assignment.ts';

export type ViewStores = {
  readonly licenses: LicenseRepository;
  readonly products: CatalogueRepository<Product>;
  readonly plans: CatalogueRepository<Plan>;
  readonly devices: DeviceRepository;
  readonly usage: UsageRepository;
  readonly directory: Directory;
};
/** What stands around assignments and changes with the catalogue and their members alone. */
export type Names = {
  readonly products: readonly Product[];
  readonly plans: readonly Plan[];
  readonly members: readonly Member[];
};
type Around = {
  license: License | undefined;
  product: Product | undefined;
  plan: Plan | undefined;
  member: Member | undefined;
};

/** Read with one query a kind. */
export async function namesAround(
  { products, plans, directory }: Pick<ViewStores, 'products' | 'plans' | 'directory'>,
  scope: TenantScope,
  assignments: readonly Assignment[],
): Promise<Names> {
  const memberIds = assignments.map(({ memberId }) => memberId);
  const found = [
    await products.byId(
      scope,
      assignments.map(({ productId }) => productId),
    ),
    await plans.byId(
      scope,
      assignments.map(({ planId }) => planId),
    ),
    assignments.length === 0 ? new Map<number, Member>() : await directory.membersById(scope, memberIds),
  ] as const;
  return { products: [...found[0].values()], plans: [...found[1].values()], members: [...found[2].values()] };
}

const byId = <T extends { readonly _id: number }>(things: readonly T[]): Map<number, T> =>
  new Map(things.map((thing) => [thing._id, thing]));

/** What stands around assignments: their licences as they are now, and names that are known, or read. */
async function aroundOf(
  stores: ViewStores,
  scope: TenantScope,
  assignments: readonly Assignment[],
  known?: Names,
): Promise<(assignment: Assignment) => Around> {
  const licenseById = await stores.licenses.byId(
    scope,
    assignments.map(({ licenseId }) => licenseId),
  );
  const names = known ?? (await namesAround(stores, scope, assignments));
  const [productById, planById, memberById] = [byId(names.products), byId(names.plans), byId(names.members)];
  return ({ licenseId, productId, planId, memberId }) => ({
    license: licenseById.get(licenseId),
    product: productById.get(productId),
    plan: planById.get(planId),
    member: memberById.get(memberId),
  });
}

const memberView = (id: number, member: Member | undefined) => ({
  id,
  username: member?.username ?? null,
  email: member?.email ?? null,
});
const NO_SLOTS = { maxActivations: 0, boundDevices: 0 };

/** Rows of a list. */
export async function rowViews(
  stores: ViewStores,
  scope: TenantScope,
  assignments: readonly Assignment[],
  now: Date,
  names?: Names,
): Promise<ItemOf<typeof contracts.listAssignments>[]> {
  const around = await aroundOf(stores, scope, assignments, names);
  return assignments.map((row) => {
    const { license, product, plan, member } = around(row);
    const assignment = withEnd(row, license);
    return {
      id: assignment._id,
      member: memberView(assignment.memberId, member),
      license: {
        id: assignment.licenseId,
        license_key: license?.licenseKey ?? '',
        product_name: product?.name ?? '',
        plan_name: plan?.name ?? '',
      },
      status: statusAt(assignment, license, now),
      assigned_at: assignment.assignedAt.toISOString(),
      activated_at: assignment.activatedAt?.toISOString() ?? null,
      expires_at: endText(assignment.expiresAt),
      assignment_type: assignment.type,
      assignment_reason: assignment.reason,
      days_until_expiry: daysLeft(assignment.expiresAt, now),
      license_quota: quotaOf(license ?? NO_SLOTS),
    };
  });
}

/** One assignment, whole. */
export async function detailView(
  stores: ViewStores,
  scope: TenantScope,
  row: Assignment,
  now: Date,
): Promise<ItemOf<typeof contracts.getAssignment>> {
  const { license, product, plan, member } = (await aroundOf(stores, scope, [row]))(row);
  const assignment = withEnd(row, license);
  const status = statusAt(assignment, license, now);
  const quota = quotaOf(license ?? NO_SLOTS);
  return {
    id: assignment._id,
    member: { ...memberView(assignment.memberId, member), display_name: member?.displayName ?? null },
    license: {
      id: assignment.licenseId,
      license_key: license?.licenseKey ?? '',
      product: { id: assignment.productId, name: product?.name ?? '', version: product?.version ?? '' },
      plan: { id: assignment.planId, name: plan?.name ?? '', features: plan?.features ?? {} },
    },
    status,
    assignment_type: assignment.type,
    assigned_at: assignment.assignedAt.toISOString(),
    activated_at: assignment.activatedAt?.toISOString() ?? null,
    last_used_at: assignment.lastUsedAt?.toISOString() ?? null,
    expires_at: endText(assignment.expiresAt),
    days_until_expiry: daysLeft(assignment.expiresAt, now),
    assignment_reason: assignment.reason,
    assignment_notes: assignment.notes,
    max_concurrent_devices: assignment.maxConcurrentDevices,
    status_reason: assignment.statusReason,
    license_limits: {
      max_activations: quota.max_activations,
      current_activations: quota.current_activations,
    },
    ...(await bindingsAndUsage(stores, scope, assignment, status, now)),
  };
}

/** Devices and usage of an assignment; an ended one has no devices, whether or not a job has unbound them. */
export async function bindingsAndUsage(
  { devices, usage }: ViewStores,
  scope: TenantScope,
  assignment: Assignment,
  status: Assignment['status'],
  now: Date,
) {
  const isEnded = status === 'revoked' || status === 'expired';
  const bound = isEnded ? [] : await devices.listOf(scope, assignment._id);
  const recent = await usage.recentSeconds(scope, assignment._id, now);
  return {
    device_bindings: bound.map((device) => bindingView(device, status)),
    usage_stats: usageStats(assignment.usedSeconds, recent),
  };
}

/** What creating, suspending, resuming and revoking answer. */
export const receiptView = (assignment: Assignment): ItemOf<typeof contracts.createAssignment> => ({
  assignment_id: assignment._id,
  status: assignment.status,
  assigned_at: assignment.assignedAt.toISOString(),
  expires_at: endText(assignment.expiresAt),
});
