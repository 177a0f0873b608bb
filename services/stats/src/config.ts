/** Settings of the stats service: those that every service has. */
import { serviceSettings } from '@membership/platform/config';

export const settings = serviceSettings;
/** The only place that reads it. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
