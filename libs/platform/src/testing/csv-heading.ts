import type { Endpoint } from '@membership/contracts/endpoint';

/** The first line of the CSV that an endpoint's example shows, to hold what it answers against. */
export const csvHeadingOf = ({ examples }: Pick<Endpoint, 'examples'>): string | undefined =>
  examples?.files?.['text/csv']?.split('\r\n')[0];
