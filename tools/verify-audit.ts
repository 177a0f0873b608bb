// Proves the audit trail of the local stack, or of the database that MONGODB_URI names: see --help.
import { useLocalDatabase } from './stack/local-stores.ts';

useLocalDatabase('stats');
await import('../services/stats/src/verify-audit.ts');
