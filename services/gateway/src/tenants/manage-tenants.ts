/** Setting up, changing, suspending and resuming tenants. */
import type { ClientSession } from 'mongoose';
import { invalid, invalidState } from '@membership/contracts/errors';
import {
  tenantCreated,
  tenantErased,
  tenantResumed,
  tenantSuspended,
  tenantUpdated,
  tenantWebhookSecretRotated,
} from '@membership/contracts/events/gateway';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import { isSameCode } from '@membership/platform/spelling';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { CallerRecords } from '../storage/records.ts';
import { movePlan } from '../plans/manage-plans.ts';
import type { PlanRepository } from '../plans/plan-repository.ts';
import {
  changeTenant,
  erasedTenant,
  NO_LIMITS,
  resume,
  suspend,
  tenantStateOf,
  type Tenant,
  type TenantChanges,
  type TenantLimits,
} from '../domain/tenant.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';
import type { WebhookSecrets } from '../storage/webhook-secrets.ts';
import { newWebhookSecret, type SecretBox } from '../secrets/secret-box.ts';

type Fact =
  | typeof tenantCreated
  | typeof tenantUpdated
  | typeof tenantSuspended
  | typeof tenantResumed
  | typeof tenantErased
  | typeof tenantWebhookSecretRotated;
/** The scope of one tenant, for whoever set out to change it. */
export type ScopeIn = (tenantId: number) => TenantScope;
export type TenantTools = {
  readonly tenants: TenantRepository;
  readonly plans: PlanRepository;
  readonly ids: Ids;
  readonly secrets: SecretBox;
  /** Secrets in use, read anew after a change of one's own. */
  readonly known: Pick<WebhookSecrets, 'forget'>;
  readonly records: CallerRecords;
  /** Has all that is the tenant's own removed, soon. */
  readonly rememberErased: (tenantId: number, session: ClientSession) => Promise<void>;
  readonly cells: readonly string[];
  /** The host of PUBLIC_URL. */
  readonly publicHost: string;
};
export type NewTenant = Pick<Tenant, 'code' | 'name' | 'timezone' | 'locale' | 'cell' | 'plan' | 'hosts'> & {
  readonly limits: Partial<TenantLimits>;
  readonly webhookSecret?: string | undefined;
};

/** Sets up a tenant; returns its webhook secret, this once. Refuses a code or a host that is taken, a cell and a plan that do not exist. */
export async function createTenant(
  tools: TenantTools,
  scopeIn: ScopeIn,
  { limits, webhookSecret = newWebhookSecret(), ...fields }: NewTenant,
  now: Date,
  unit: UnitOfWork,
): Promise<{ tenant: Tenant; webhookSecret: string }> {
  requireCell(tools, fields.cell);
  if (await tools.tenants.findByCode(fields.code, unit.session))
    throw invalid({ code: { zh: '该租户代码已存在', en: 'This tenant code is taken' } });
  await requireHosts(tools, null, fields.hosts ?? [], unit.session);
  const plan = await movePlan(tools.plans, null, fields.plan ?? null, unit.session);
  const id = await tools.ids.next('tenants');
  const tenant: Tenant = {
    id,
    ...fields,
    plan,
    isActive: true,
    limits: { ...NO_LIMITS, ...limits },
    memberCount: 0,
    adminCount: 0,
    createdAt: now,
    updatedAt: now,
    sequence: 1,
  };
  await tools.tenants.insert(tenant, tools.secrets.seal(id, webhookSecret), unit.session);
  announce(tools, unit, scopeIn, tenantCreated, tenant);
  return { tenant, webhookSecret };
}

/** Changes a tenant; nothing is announced when nothing changes. Refuses (404) an unknown one, a host that is taken, a cell and a plan that do not exist. */
export async function updateTenant(
  tools: TenantTools,
  scopeIn: ScopeIn,
  tenantId: number,
  changes: TenantChanges,
  now: Date,
  unit: UnitOfWork,
): Promise<Tenant> {
  requireCell(tools, changes.cell ?? null);
  return change(
    tools,
    scopeIn,
    tenantId,
    tenantUpdated,
    async (tenant) => {
      const { plan: before = null } = tenant;
      await requireHosts(tools, tenantId, changes.hosts ?? [], unit.session);
      const plan =
        changes.plan === undefined ? before : await movePlan(tools.plans, before, changes.plan, unit.session);
      return changeTenant({ hosts: [], ...tenant, plan: before }, { ...changes, plan }, now);
    },
    unit,
  );
}

/** Suspends a tenant. Refuses (404) an unknown one, (INVALID_STATE) a suspended one. */
export const suspendTenant = (
  tools: TenantTools,
  scopeIn: ScopeIn,
  tenantId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Tenant> =>
  change(tools, scopeIn, tenantId, tenantSuspended, (tenant) => suspend(tenant, now), unit);

/** Resumes a tenant. Refuses (404) an unknown one, (INVALID_STATE) an active one. */
export const resumeTenant = (
  tools: TenantTools,
  scopeIn: ScopeIn,
  tenantId: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Tenant> => change(tools, scopeIn, tenantId, tenantResumed, (tenant) => resume(tenant, now), unit);

/**
 * Erases a tenant that was suspended before: no request of its own is under way any more. One that is erased stays as it is.
 * Refuses (404) an unknown one, (INVALID_STATE) an active one, (400) a code that is not its own.
 */
export async function eraseTenant(
  tools: TenantTools,
  scopeIn: ScopeIn,
  { tenantId, code, now }: { readonly tenantId: number; readonly code: string; readonly now: Date },
  unit: UnitOfWork,
): Promise<Tenant> {
  const { tenants, plans, known, records } = tools;
  const { session } = unit;
  const current = await tenants.get(tenantId, session);
  if (current.erasedAt) return current;
  const erased = erasedTenant(current, now);
  if (!isSameCode(code, current.code))
    throw invalid({ code: { zh: '与该租户的代码不一致', en: 'Is not the code of this tenant' } });
  await movePlan(plans, current.plan ?? null, null, session);
  await tenants.erase(erased, session);
  await tools.rememberErased(tenantId, session);
  announce(tools, unit, scopeIn, tenantErased, erased);
  unit.afterCommit(() => {
    known.forget(tenantId);
    records.tenantsByCode.forget(current.code.toLowerCase());
    for (const host of current.hosts ?? []) records.tenantsByHost.forget(host);
  });
  return erased;
}

/** Gives a tenant another webhook secret; returns it, this once. The fact says that it was changed, and nothing of it. */
export async function rotateWebhookSecret(
  tools: TenantTools,
  scopeIn: ScopeIn,
  tenantId: number,
  { secret = newWebhookSecret(), now }: { readonly secret?: string | undefined; readonly now: Date },
  unit: UnitOfWork,
): Promise<string> {
  await change(
    tools,
    scopeIn,
    tenantId,
    tenantWebhookSecretRotated,
    (tenant) => ({ ...tenant, updatedAt: now, sequence: tenant.sequence + 1 }),
    unit,
  );
  await tools.tenants.setWebhookSecret(tenantId, tools.secrets.seal(tenantId, secret), unit.session);
  unit.afterCommit(() => tools.known.forget(tenantId));
  return secret;
}

async function change(
  tools: TenantTools,
  scopeIn: ScopeIn,
  tenantId: number,
  fact: Fact,
  how: (tenant: Tenant) => Tenant | Promise<Tenant>,
  unit: UnitOfWork,
): Promise<Tenant> {
  const current = await tools.tenants.get(tenantId, unit.session);
  if (current.erasedAt) throw invalidState('erased', []);
  const changed = await how(current);
  if (changed.sequence === current.sequence) return current;
  await tools.tenants.save(changed, unit.session);
  announce(tools, unit, scopeIn, fact, changed);
  return changed;
}

function announce(
  { records }: TenantTools,
  unit: UnitOfWork,
  scopeIn: ScopeIn,
  fact: Fact,
  tenant: Tenant,
): void {
  unit.announce(scopeIn(tenant.id), fact, {
    subject: tenant.id,
    sequence: tenant.sequence,
    data: tenantStateOf(tenant),
  });
  unit.afterCommit(() => {
    records.tenants.forget(tenant.id);
    records.tenantsByCode.forget(tenant.code.toLowerCase());
    for (const host of tenant.hosts ?? []) records.tenantsByHost.forget(host);
  });
}

/** The platform's own host and those below it are named by codes; a host of somebody else's is theirs. */
async function requireHosts(
  { tenants, publicHost }: TenantTools,
  tenantId: number | null,
  hosts: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (hosts.length === 0) return;
  if (hosts.some((host) => host === publicHost || host.endsWith(`.${publicHost}`)))
    throw invalid({
      hosts: {
        zh: '平台自身的域名及其下级不能作为租户的域名',
        en: 'The platform’s own host, and what is below it, is no tenant’s',
      },
    });
  const owner = await tenants.findByHost(hosts, session);
  if (owner && owner.id !== tenantId)
    throw invalid({ hosts: { zh: '该域名已属于其他租户', en: 'A host among them is another tenant’s' } });
}

function requireCell({ cells }: TenantTools, cell: string | null): void {
  if (cell !== null && !cells.includes(cell))
    throw invalid({ cell: { zh: '未知的分区', en: 'There is no such cell' } });
}
