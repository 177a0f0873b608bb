/** Endpoints that the gateway service answers. */
export {};
