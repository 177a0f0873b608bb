/** Settings of the stats service: those that every service has. */
import { serviceSettings } from '@membership/platform/config';

export const settings = serviceSettings;
