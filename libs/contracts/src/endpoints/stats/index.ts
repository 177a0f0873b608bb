/** Endpoints that the stats service answers. */
export {};
