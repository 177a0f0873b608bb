/** The process of the stats service. */
import { runService } from '@membership/platform/service';
import { statsService } from './service.ts';

await runService(statsService);
