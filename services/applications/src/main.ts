/** The process of the applications service. */
import { runService } from '@membership/platform/service';
import { applicationsService } from './service.ts';

await runService(applicationsService);
