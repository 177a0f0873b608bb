/** Days are the tenant's: a filter that names a day counts from its start to its end in the tenant's zone. */
import { endOfDay, startOfDay } from './calendar.ts';
import type { Directory } from './directory.ts';
import type { TenantScope } from './scope.ts';

type Tenants = Pick<Directory, 'tenant'>;
/** A filter's lower end: a moment as it is, a day from its start. */
export const startOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? startOfDay((await tenants.tenant(scope)).timezone, moment) : moment;
/** A filter's upper end: a moment as it is, a day to its end. */
export const endOfMoment = async (
  tenants: Tenants,
  scope: TenantScope,
  moment: Date | string | undefined,
): Promise<Date | undefined> =>
  typeof moment === 'string' ? endOfDay((await tenants.tenant(scope)).timezone, moment) : moment;
