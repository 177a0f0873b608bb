import { runService } from '@membership/platform/service';
import { environment } from './config.ts';
import { vipService } from './service.ts';

await runService(vipService, environment, process.argv.slice(2));
