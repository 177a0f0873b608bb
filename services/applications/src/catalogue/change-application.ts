import { applicationUpdated } from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import { announceApplication } from './announce-application.ts';
import { change, codeTaken, type Application, type ApplicationFields } from '../domain/application.ts';
import type { ApplicationRepository } from '../storage/application-repository.ts';

type Command = { readonly id: number; readonly fields: Partial<ApplicationFields>; readonly now: Date };

/** Changes an application (404 unknown or deleted). Refuses a code that another one has (400). What is the same already is no change. */
export async function changeApplication(
  { applications }: { readonly applications: ApplicationRepository },
  scope: TenantScope,
  { id, fields, now }: Command,
  unit: UnitOfWork,
): Promise<Application> {
  const current = await applications.get(scope, id, unit);
  const changed = change(current, fields, now);
  if (changed === current) return current;
  if (changed.code !== current.code) {
    const holder = await applications.holderOf(scope, changed.code, unit);
    if (holder && holder._id !== id) throw codeTaken(holder);
  }
  await applications.save(scope, changed, unit);
  announceApplication(scope, applicationUpdated, changed, unit);
  return changed;
}
