/** Endpoints that the applications service answers. */
export {};
