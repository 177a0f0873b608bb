/** Document 003's matrix of who may call what. */
import { ask, JOHN } from './seed-003-kit.ts';

/** The document's matrix, then what it leaves out. A role includes those above it; `internal` stands apart. */
const MEMBER = ['member', 'admin', 'super'];
const matrix: readonly (readonly [string, string, readonly string[]])[] = [
  ['GET', 'profile', MEMBER],
  ['PUT', 'profile', MEMBER],
  ['GET', 'levels', ['anonymous', ...MEMBER, 'internal']],
  ['POST', 'levels/upgrade', ['admin', 'super']],
  ['GET', 'points/transactions', MEMBER],
  ['POST', 'points/earn', ['internal']],
  ['POST', 'points/use', [...MEMBER, 'internal']],
  ['POST', 'admin/points/batch', ['admin', 'super']],
  ['POST', 'webhooks/events', ['internal']],
  ['POST', 'points/redeem', MEMBER],
  ['GET', 'benefits/available', MEMBER],
  ['POST', 'benefits/use', ['internal']],
  ['GET', 'activities', MEMBER],
  ['POST', 'activities/ACT1/join', MEMBER],
];
test.each(matrix)('%s /%s is for %j alone', async (method, path, allowed) => {
  const roles = ['anonymous', 'member', 'admin', 'super', 'internal'] as const;
  const turnedAway: string[] = [];
  for (const role of roles) {
    // A body that is refused whoever sends it: the role is looked at first.
    const userId = role === 'internal' || role === 'anonymous' ? null : JOHN;
    const [status] = await ask(method, path, method === 'GET' ? undefined : { nonsense: 1 }, {
      role,
      userId,
    });
    if (status === 401 || status === 403) turnedAway.push(role);
    expect(status).toBeLessThan(500);
  }
  expect(turnedAway).toEqual(roles.filter((role) => !allowed.includes(role)));
});
