/** State of a helper of tests, as a kit or its hooks would be. */
export const begun: string[] = [];
