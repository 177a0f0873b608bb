// The whole story in TypeScript: node story.ts [http://localhost:8000] (Node before 22.18: npx tsx). Needs @membership/client, and root's password.
import { createMembershipClient, must } from '@membership/client';

const baseUrl = process.argv[2] ?? 'http://localhost:8000';
const password = process.env['PASSWORD'] ?? 'demo-pass-2026';
const tenant = `story-${Date.now()}`;
const began = performance.now();
const as = (username: string, its?: string) =>
  createMembershipClient({ baseUrl, credentials: { username, password, ...(its ? { tenant: its } : {}) } });
/** What is inside an answer of the form { success, data }. */
const dataOf = async <T>(call: Parameters<typeof must<{ data: T }>>[0]) => (await must(call)).data;
/** Asks until it is so: what one service knows, another hears of a moment later. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 30_000; ; await new Promise((done) => setTimeout(done, 50))) {
    const answer = await ask();
    if (isSo(answer) || Date.now() > end) return answer;
  }
}

// A tenant, its administrator and a member. The platform administrator names the tenant in X-Tenant-ID.
const root = as('root');
await must(root.POST('/api/v1/tenants/', { body: { code: tenant, name: 'Story' } }));
const headers = { 'X-Tenant-ID': tenant };
const join = (username: string, role: 'admin' | 'member') => {
  const body = { username, email: `${username}@example.com`, password, role };
  return dataOf(root.POST('/api/v1/members/', { headers, body }));
};
await join('alice', 'admin');
const { id } = await join('bob', 'member');
const [alice, bob] = [as('alice', tenant), as('bob', tenant)];

// A licence of a product, on the terms of a plan; assigned to Bob, who activates it.
const product = await dataOf(alice.POST('/api/v1/products/', { body: { name: 'SuperApp' } }));
const terms = { product_id: product.id, name: 'Professional' };
const plan = await dataOf(alice.POST('/api/v1/plans/', { body: terms }));
const wanted = { product_id: product.id, plan_id: plan.id };
const licence = await dataOf(alice.POST('/api/v1/licenses/', { body: wanted }));
const assigned = { member_id: id, license_id: licence.id };
const { assignment_id } = await dataOf(alice.POST('/api/v1/license-assignments/', { body: assigned }));
const place = { params: { path: { assignment_id } }, body: { device_info: { device_id: 'DESKTOP-1' } } };
await must(bob.POST('/api/v1/user/licenses/{assignment_id}/activate/', place));
// The points come by themselves.
const his = { params: { path: { id } } };
const showProfile = () => must(bob.GET('/api/v1/points/profiles/{id}/', his));
const { total_points } = await until(showProfile, (profile) => profile.total_points > 0);
console.log(`${total_points} points, the first after ${Math.round(performance.now() - began)} ms`);

// A tag, what Bob may do with it, and what the statistics say.
const tagged = { tag_name: 'VIP', tag_code: 'VIP', permission_modifiers: { discount_rate_bonus: 0.1 } };
const tag = await must(alice.POST('/api/v1/vip/tags/', { body: tagged }));
await must(alice.POST('/api/v1/vip/user-tags/grant/', { body: { member_id: id, tag_id: tag.id } }));
const showPermissions = () => must(bob.GET('/api/v1/points/profiles/{id}/permissions/', his));
const may = await until(showPermissions, (it) => it.permission_calculation.vip_bonus > 0);
const summary = await until(
  () => must(alice.GET('/api/v1/stats/points/summary/')),
  (it) => it.earned > 0,
);
console.log(
  `${may.permission_calculation.vip_bonus} off by the tag, ${summary.earned} points earned in the tenant`,
);
