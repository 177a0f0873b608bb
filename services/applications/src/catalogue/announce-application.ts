/** The fact that an application is in a new state. */
import type {
  applicationCreated,
  applicationDeleted,
  applicationRestored,
  applicationUpdated,
} from '@membership/contracts/events/applications';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { Application } from '../domain/application.ts';

type ApplicationFact =
  | typeof applicationCreated
  | typeof applicationUpdated
  | typeof applicationDeleted
  | typeof applicationRestored;

/** Announces the whole state of an application, as each of its facts carries it. */
export function announceApplication(
  scope: TenantScope,
  event: ApplicationFact,
  application: Application,
  unit: UnitOfWork,
): void {
  const { _id, name, code, status, isActive, isDeleted, sequence } = application;
  unit.announce(scope, event, {
    subject: _id,
    sequence,
    data: { applicationId: _id, name, code, status, isActive, isDeleted },
  });
}
