/** Endpoints that the vip service answers. */
export {};
