// Proves the audit trail of the local stack, or of the stores that MONGODB_URI and AMQP_URL name: see --help.
import { localAmqpUrl, useLocalDatabase } from './stack/local-stores.ts';

useLocalDatabase('stats');
const amqpUrl = localAmqpUrl();
if (amqpUrl) process.env['AMQP_URL'] ||= amqpUrl;
await import('../services/stats/src/verify-audit.ts');
