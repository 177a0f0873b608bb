/** The process that sends outgoing webhooks where the public entrance has no way out: `node src/courier.ts`. */
import { runService } from '@membership/platform/service';
import { courierService } from './courier-service.ts';

await runService(courierService);
