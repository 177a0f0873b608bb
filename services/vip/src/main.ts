/** The process of the vip service. */
import { runService } from '@membership/platform/service';
import { vipService } from './service.ts';

await runService(vipService);
