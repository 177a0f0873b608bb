// Tells the lots of profiles of versions before, of the local stack or of the database that MONGODB_URI names: see --help.
import { useLocalDatabase } from './stack/local-stores.ts';

useLocalDatabase('points');
await import('../services/points/src/tell-lots.ts');
