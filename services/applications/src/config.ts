/** Settings of the applications service. */
import { serviceSettings } from '@membership/platform/config';

export const settings = { ...serviceSettings };
export type ApplicationsSettings = typeof settings;
/** The only place that reads it. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
