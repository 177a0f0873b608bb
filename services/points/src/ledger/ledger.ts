/** Names what the ledger is given to work with: collections, ids, definitions, and who is told of a commit. */
import type { Ids } from '@membership/platform/ids';
import type { Metrics } from '@membership/platform/metrics';
import type { ClientSession } from '@membership/platform/mongo';
import type { TenantScope } from '@membership/platform/scope';
import type { Models } from '../models.ts';
import type { TenantDefinitions } from '../tenants/tenant-definitions.ts';
import type { Changes } from './changes.ts';

export type Ledger = {
  readonly models: Models;
  readonly ids: Ids;
  readonly definitions: TenantDefinitions;
  readonly zoneOf: (scope: TenantScope, session?: ClientSession) => Promise<string>;
  /** Counts points moved by type, after the commit. */
  readonly moved?: ReturnType<Metrics['counter']>;
  /** Is told what was committed, for who keeps something of it in memory. */
  readonly onCommit?: (changes: Changes, now: Date) => void;
};
