/** The process of the points service. */
import { runService } from '@membership/platform/service';
import { pointsService } from './app.ts';

await runService(pointsService);
