import { runService } from '@membership/platform/service';
import { environment } from './config.ts';
import { statsService } from './service.ts';

await runService(statsService, environment, process.argv.slice(2));
