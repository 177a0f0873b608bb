/** Settings of the applications service. */
import { serviceSettings } from '@membership/platform/config';

export const settings = { ...serviceSettings };
export type ApplicationsSettings = typeof settings;
