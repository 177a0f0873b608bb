/** Seed 004 word for word, and what its words leave out. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { applicationsService } from '../src/service.ts';

let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(applicationsService);
}, 60_000);
afterAll(() => kit.stop());

let nextTenant = 100;
/** A tenant of a test's own: its administrator, a member, and one of another tenant. */
function aTenant() {
  const tenantId = nextTenant++;
  return {
    tenantId,
    admin: kit.as({ role: 'admin', tenantId, userId: 3, name: 'admin_cms' }),
    member: kit.as({ role: 'member', tenantId, userId: 9 }),
    stranger: kit.as({ role: 'admin', tenantId: 9_999, userId: 4 }),
  };
}
const seedRequest = {
  name: '我的应用',
  code: 'my-app',
  description: '这是一个测试应用',
  current_version: '1.0.0',
  status: 'development' as const,
  website: 'https://example.com',
  contact_email: 'contact@example.com',
  owner: '张三',
  team: '开发团队',
  tags: ['测试', '开发'],
};
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** What a written application has besides the seed's fields. */
const besides = { id: expect.any(Number), created_at: time, updated_at: time };

describe('creating', () => {
  test('answers the seed’s example, under the application’s own code', async () => {
    const { admin } = aTenant();
    const answer = await admin.call(contracts.createApplication, { body: seedRequest });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      code: 'my-app',
      message: '操作成功',
      data: { ...seedRequest, logo: null, is_active: true, metadata: {}, ...besides },
    });
  });
});
