import { applicationRestored } from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { announceApplication } from './announce-application.ts';
import { restore, type Application } from '../domain/application.ts';
import type { ApplicationRepository } from '../storage/application-repository.ts';

/** Brings a deleted application back (404 unknown). Refuses one that is not deleted (INVALID_STATE). */
export async function restoreApplication(
  { applications }: { readonly applications: ApplicationRepository },
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<Application> {
  const restored = restore(await applications.getAny(scope, id, unit), now);
  await applications.save(scope, restored, unit);
  announceApplication(scope, applicationRestored, restored, unit);
  return restored;
}
