/** Registering, changing and removing external issuers. */
import { invalid, refuse } from '@membership/contracts/errors';
import * as facts from '@membership/contracts/events/external-issuers';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { problemOf, type AddressGuard } from '../addresses/addresses.ts';
import {
  changeIssuer,
  clashOf,
  issuerStateOf,
  MOST_ISSUERS,
  type ExternalIssuer,
  type IssuerChanges,
  type NewIssuer,
} from './issuer.ts';
import type { IssuerRepository } from './issuer-repository.ts';

export type IssuerTools = {
  readonly issuers: IssuerRepository;
  readonly ids: Ids;
  readonly guard: AddressGuard;
  /** Plain http is refused. */
  readonly httpsOnly: boolean;
  /** The platform's own `iss`: nobody else is called so. */
  readonly ownIssuer: string;
  /** After a change of one's own: the next token is looked at anew. */
  readonly forget: (issuer: string) => void;
};
type Fact =
  | typeof facts.externalIssuerCreated
  | typeof facts.externalIssuerUpdated
  | typeof facts.externalIssuerDeleted;

/**
 * Registers an issuer. Refuses (400) an address that may not be asked, the platform's own name, an issuer and audience that the
 * tenant has already, a prefix that another's subjects could begin with; one too many (BIZ_002).
 */
export async function createIssuer(
  tools: IssuerTools,
  scope: TenantScope,
  given: NewIssuer,
  now: Date,
  unit: UnitOfWork,
): Promise<ExternalIssuer> {
  requireAddress(tools, given.jwksUri);
  if (given.issuer === tools.ownIssuer)
    throw invalid({ issuer: { zh: '这是平台自己的签发方', en: 'This is the platform’s own issuer' } });
  const others = await tools.issuers.allInTurn(scope, unit.session);
  const clash = clashOf(given, others);
  if (clash === 'same')
    throw invalid({
      issuer: { zh: '该签发方和受众已注册', en: 'This issuer is registered with this audience already' },
    });
  if (clash === 'prefix')
    throw invalid({
      subject_prefix: {
        zh: '与另一签发方的前缀重叠：请为每个签发方设置互不为前缀的前缀',
        en: 'Overlaps with another issuer’s: give each a prefix, none of which begins another',
      },
    });
  if (others.length >= MOST_ISSUERS)
    throw refuse('BIZ_002', {
      text: { zh: '每个租户最多 {limit} 个外部签发方', en: 'A tenant has {limit} external issuers at most' },
      params: { limit: MOST_ISSUERS },
      details: { limit: MOST_ISSUERS },
    });
  const issuer: ExternalIssuer = {
    id: await tools.ids.next('external_issuers'),
    tenantId: scope.tenantId,
    ...given,
    createdAt: now,
    updatedAt: now,
    sequence: 1,
  };
  await tools.issuers.insert(scope, issuer, unit.session);
  announce(tools, unit, scope, facts.externalIssuerCreated, issuer);
  return issuer;
}

/** Changes an issuer; nothing is announced when nothing changes. Refuses (404) an unknown one, (400) an address that may not be asked. */
export async function updateIssuer(
  tools: IssuerTools,
  scope: TenantScope,
  id: number,
  changes: IssuerChanges,
  now: Date,
  unit: UnitOfWork,
): Promise<ExternalIssuer> {
  if (changes.jwksUri !== undefined) requireAddress(tools, changes.jwksUri);
  const current = await tools.issuers.get(scope, id, unit.session);
  const changed = changeIssuer(current, changes, now);
  if (changed === current) return current;
  await tools.issuers.save(scope, changed, unit.session);
  announce(tools, unit, scope, facts.externalIssuerUpdated, changed);
  return changed;
}

/** Removes an issuer; its members stay. Refuses (404) an unknown one. */
export async function deleteIssuer(
  tools: IssuerTools,
  scope: TenantScope,
  id: number,
  unit: UnitOfWork,
): Promise<void> {
  const issuer = await tools.issuers.get(scope, id, unit.session);
  await tools.issuers.delete(scope, id, unit.session);
  announce(tools, unit, scope, facts.externalIssuerDeleted, { ...issuer, sequence: issuer.sequence + 1 });
}

function announce(
  { forget }: IssuerTools,
  unit: UnitOfWork,
  scope: TenantScope,
  fact: Fact,
  issuer: ExternalIssuer,
): void {
  const { id, sequence } = issuer;
  unit.announce(scope, fact, { subject: id, sequence, data: issuerStateOf(issuer) });
  unit.afterCommit(() => forget(issuer.issuer));
}

function requireAddress({ guard, httpsOnly }: IssuerTools, url: string): void {
  const problem = problemOf(url, { guard, httpsOnly });
  if (problem) throw invalid({ jwks_uri: problem });
}
