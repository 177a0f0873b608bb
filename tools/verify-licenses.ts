// Proves the licences of the local stack, or of the database that MONGODB_URI names: see --help.
import { useLocalDatabase } from './stack/local-stores.ts';

useLocalDatabase('licenses');
await import('../services/licenses/src/verify.ts');
