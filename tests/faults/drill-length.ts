/** Drills that are part of `npm test` are shorter there, with each kind of kill in them; `npm run drill` goes their whole length. */
export const IS_WHOLE = process.env.DRILL_LENGTH === 'whole';
