import { applicationDeleted } from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { announceApplication } from './announce-application.ts';
import { remove } from '../domain/application.ts';
import type { ApplicationRepository } from '../storage/application-repository.ts';

/** Deletes an application softly (404 unknown or deleted already): nothing of it is lost, nothing of it is freed. */
export async function deleteApplication(
  { applications }: { readonly applications: ApplicationRepository },
  scope: TenantScope,
  id: number,
  now: Date,
  unit: UnitOfWork,
): Promise<void> {
  const removed = remove(await applications.get(scope, id, unit), now);
  await applications.save(scope, removed, unit);
  announceApplication(scope, applicationDeleted, removed, unit);
}
