/** Endpoints that the applications service answers. */
export * from './applications.ts';
export * from './articles.ts';
export * from './feedbacks.ts';
