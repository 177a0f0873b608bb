import { runService } from '@membership/platform/service';
import { environment } from './config.ts';
import { applicationsService } from './service.ts';

await runService(applicationsService, environment, process.argv.slice(2));
