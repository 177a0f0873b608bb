import { runService } from '@membership/platform/service';
import { statsService } from './service.ts';

await runService(statsService, process.env, process.argv.slice(2));
