/** Endpoints that the licenses service answers. */
export {};
