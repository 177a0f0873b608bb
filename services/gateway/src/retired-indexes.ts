/** What a database of a version before loses at the next start. Its migrations have had the number 1. */
import type { IndexName } from '@membership/platform/migrate';

export const retiredIndexes: readonly IndexName[] = [['password_links', 'tenantId_1__id_1']];
