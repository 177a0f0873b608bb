/** Seed 004, deleting; restoring; and who may do what. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { besides, seedRequest } from './builders.ts';
import { aTenant, appError, kit, notThere, register } from './the-service.ts';

describe('deleting and restoring', () => {
  test('a deleted application answers 204, is nowhere, and comes back as it was', async () => {
    const { admin, member } = aTenant();
    const id = await register(admin, { code: 'phoenix' });
    const params = { id: String(id) };
    const deleted = await admin.call(contracts.deleteApplication, { params });
    expect([deleted.status, deleted.body]).toEqual([204, '']);
    for (const call of [
      member.call(contracts.getApplication, { params }),
      admin.call(contracts.changeApplication, { params, body: {} }),
      admin.call(contracts.deleteApplication, { params }),
      member.call(contracts.applicationStatistics, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([404, notThere]);
    }
    expect((await member.ask(contracts.listApplications, {})).count).toBe(0);
    const restored = await admin.call(contracts.restoreApplication, { params, body: {} });
    expect([restored.status, restored.body.code]).toEqual([200, 'phoenix']);
    expect(restored.body.data).toEqual({
      ...seedRequest,
      code: 'phoenix',
      logo: null,
      is_active: true,
      metadata: {},
      ...besides,
      id,
    });
    expect((await member.ask(contracts.listApplications, {})).count).toBe(1);
    const fact = await kit.heardOne('application.restored.v1', ({ subject }) => subject === String(id));
    expect([
      fact.sequence,
      (await kit.heardOne('application.deleted.v1', ({ subject }) => subject === String(id))).data.isDeleted,
    ]).toEqual([3, true]);
    const again = await admin.call(contracts.restoreApplication, { params, body: {} });
    expect([again.status, again.body]).toEqual([409, appError(4009, 'INVALID_STATE')]);
    expect((await admin.send('POST', `/api/v1/applications/${id}/restore/`)).status).toBe(409);
  });
});

describe('who may', () => {
  test('members read and do not write; without a context nobody does anything', async () => {
    const { admin, member, tenantId } = aTenant();
    const params = { id: String(await register(admin)) };
    for (const call of [
      member.call(contracts.createApplication, { body: seedRequest }),
      member.call(contracts.replaceApplication, { params, body: seedRequest }),
      member.call(contracts.changeApplication, { params, body: {} }),
      member.call(contracts.deleteApplication, { params }),
      member.call(contracts.restoreApplication, { params, body: {} }),
      kit.as({ role: 'internal', tenantId }).call(contracts.getApplication, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([403, appError(4003, 'PERM_001', '权限不足')]);
    }
    const direct = await fetch(`${kit.url}/api/v1/applications/`);
    expect([direct.status, await direct.json()]).toEqual([401, appError(4001, 'AUTH_001')]);
    expect((await member.call(contracts.getApplication, { params })).status).toBe(200);
  });

  test('another tenant’s application is not there, whatever is tried, and stays as it was', async () => {
    const { admin, stranger } = aTenant();
    const params = { id: String(await register(admin)) };
    const before = await admin.ask(contracts.getApplication, { params });
    for (const call of [
      stranger.call(contracts.getApplication, { params }),
      stranger.call(contracts.replaceApplication, { params, body: seedRequest }),
      stranger.call(contracts.changeApplication, { params, body: { name: '抢' } }),
      stranger.call(contracts.deleteApplication, { params }),
      stranger.call(contracts.restoreApplication, { params, body: {} }),
      stranger.call(contracts.applicationStatistics, { params }),
    ]) {
      const answer = await call;
      expect([answer.status, answer.body]).toEqual([404, notThere]);
    }
    expect(await admin.ask(contracts.getApplication, { params })).toEqual(before);
  });

  test.each(['0', '-1', 'x', '1.5', '99999999999999999999', '%24gt'])('%s is no id: 404', async (id) => {
    expect((await aTenant().member.send('GET', `/api/v1/applications/${id}/`)).status).toBe(404);
  });

  test('a path knows its methods', async () => {
    const answer = await aTenant().admin.send('DELETE', '/api/v1/applications/');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

test.each(['application.deleted.v1', 'application.restored.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
