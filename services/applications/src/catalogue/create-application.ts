import { applicationCreated } from '@membership/contracts/events/applications';
import type { Ids } from '@membership/platform/ids';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { announceApplication } from './announce-application.ts';
import { codeTaken, register, type Application, type ApplicationFields } from '../domain/application.ts';
import type { ApplicationRepository } from '../storage/application-repository.ts';

type Stores = { readonly applications: ApplicationRepository; readonly ids: Ids };

/** Registers an application. Refuses a code that is taken in the tenant, also by a deleted application (400). */
export async function createApplication(
  { applications, ids }: Stores,
  scope: TenantScope,
  fields: Omit<ApplicationFields, 'isActive'>,
  now: Date,
  unit: UnitOfWork,
): Promise<Application> {
  const holder = await applications.holderOf(scope, fields.code, unit);
  if (holder) throw codeTaken(holder);
  const application = register(fields, { id: await ids.next('applications'), tenantId: scope.tenantId, now });
  await applications.add(scope, application, unit);
  announceApplication(scope, applicationCreated, application, unit);
  return application;
}
