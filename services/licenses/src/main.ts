/** The licences service as a process. */
import { runService } from '@membership/platform/service';
import { environment } from './config.ts';
import { licensesService } from './service.ts';

await runService(licensesService, environment, process.argv.slice(2));
