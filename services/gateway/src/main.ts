import { runService } from '@membership/platform/service';
import { gatewayService } from './service.ts';

await runService(gatewayService, process.env, process.argv.slice(2));
