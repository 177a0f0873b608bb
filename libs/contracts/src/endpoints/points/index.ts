/** Endpoints that the points service answers. */
export {};
