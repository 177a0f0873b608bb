/** What other systems may be allowed: reading and writing, by area. */
const AREAS = ['gateway', 'points', 'vip', 'licenses', 'applications', 'stats'];
export const SCOPES = AREAS.flatMap((name) => [`${name}:read`, `${name}:write`]).map((value) => ({
  value,
  label: value,
}));
