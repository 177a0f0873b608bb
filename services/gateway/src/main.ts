/** The process of the gateway service. */
import { runService } from '@membership/platform/service';
import { gatewayService } from './service.ts';

await runService(gatewayService);
