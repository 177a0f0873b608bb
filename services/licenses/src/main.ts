/** The process of the licenses service. */
import { runService } from '@membership/platform/service';
import { licensesService } from './service.ts';

await runService(licensesService);
