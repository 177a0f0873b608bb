// Makes the figures of the local stack anew, or those of the database that MONGODB_URI names: see --help.
import { useLocalDatabase } from './stack/local-stores.ts';

useLocalDatabase('stats');
await import('../services/stats/src/recount.ts');
