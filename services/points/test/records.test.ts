/** Records and profiles as their readers see them. */
import {
  getPointsRecord,
  getProfile,
  listPointsRecords,
  listProfiles,
} from '@membership/contracts/endpoints/points/index';
import { eventually } from '@membership/platform/testing/eventually';
import { withFailPoints } from '@membership/platform/testing/fail-points';
import { earn, internal, kit, member, spend } from './one-member.ts';
import { storedLots } from './stored-lots.ts';

describe('records and profiles', () => {
  test('records chain without a gap, whatever runs at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 3 === 2 ? spend(1) : earn(7))));
    const records = await kit.connection
      .collection('records')
      .find({ memberId: member })
      .sort({ ordinal: 1 })
      .toArray();
    records.forEach((record, index) => {
      expect(record.ordinal).toBe(index + 1);
      expect(record.balanceBefore).toBe(index === 0 ? 0 : records[index - 1]?.balanceAfter);
      expect(record.balanceAfter - record.balanceBefore).toBe(record.points);
    });
    const profile = await kit.as({ userId: member }).ask(getProfile, { params: { id: String(member) } });
    expect(profile.total_points).toBe(records.at(-1)?.balanceAfter);
    const lots = await storedLots(kit.connection, member);
    expect(lots.reduce((sum, lot) => sum + lot.remaining, 0)).toBe(profile.total_points);
  });

  test.each([
    ['the newest', {}],
    ['of one category', { category: 'license' }],
    ['the oldest', { ordering: 'created_at' }],
  ])('%s: a page, its count and the balance beside it are of one moment', async (_what, query) => {
    for (let made = 0; made < 8; made += 1) await earn(1);
    const list = () =>
      kit
        .as({ userId: member })
        .ask(listPointsRecords, { query: { member: String(member), page_size: '5', ...query } });
    await withFailPoints(kit.connection, async (fail) => {
      // The store keeps the records' list, whose profile is read by then, until more have been made.
      const namespace = `${kit.connection.name}.records`;
      await fail(1, { namespace, failCommands: ['find'], blockConnection: true, blockTimeMS: 500 });
      const page = list();
      await Promise.all([earn(10), earn(10), earn(10)]);
      const { items, count } = await page;
      expect(items).toHaveLength(5);
      const balance = items[0]?.profile_info.total_points;
      expect(balance).toBe(8 + 10 * (count - 8));
      if (!('ordering' in query)) expect(items[0]?.balance_after).toBe(balance);
    });
    const { items, count } = await list();
    expect([count, items[0]?.profile_info.total_points]).toEqual([11, 38]);
  });

  test('a record has the shape of seed 001, and is its member’s alone', async () => {
    const { body } = await earn(100, {
      reason: '每日登录奖励',
      category: 'login',
      points_amount: 40,
      subcategory: 'daily_login',
      source_type: 'system',
    });
    const record = await kit
      .as({ userId: member })
      .ask(getPointsRecord, { params: { id: String(body.record_id) } });
    expect(record).toMatchObject({
      tenant_user_profile: member,
      member,
      tenant: 1,
      point_type: 'earn',
      category: 'login',
      subcategory: 'daily_login',
      points: 40,
      balance_before: 0,
      balance_after: 40,
      tenant_multiplier: '1.00',
      original_points: 40,
      source_type: 'system',
      source_id: null,
      source_description: '每日登录奖励',
      operation_reason: '每日登录奖励',
      operator_id: null,
      batch_id: null,
      status: 'active',
      is_manual: false,
      member_info: { id: member },
      tenant_info: { id: 1, name: 'ACME Corp' },
      profile_info: { id: member, total_points: 40, current_level_name: '青铜会员' },
      is_expired: false,
      days_until_expiry: 729,
      created_by_id: null,
    });
    const other = await kit.aMember();
    expect(
      (await kit.as({ userId: other }).call(getPointsRecord, { params: { id: String(body.record_id) } }))
        .status,
    ).toBe(404);
    expect(
      (
        await kit
          .as({ role: 'admin', tenantId: 2 })
          .call(getPointsRecord, { params: { id: String(body.record_id) } })
      ).status,
    ).toBe(404);
    expect(
      (
        await kit
          .as({ role: 'admin' })
          .call(listPointsRecords, { query: { member: String(member), point_type: 'earn' } })
      ).body.count,
    ).toBe(1);
    expect(
      (
        await kit
          .as({ role: 'admin', tenantId: 2 })
          .call(listPointsRecords, { query: { member: String(member) } })
      ).body.count,
    ).toBe(0);
    expect(
      (await kit.as({ userId: other }).call(listPointsRecords, { query: { member: String(member) } })).body
        .count,
    ).toBe(0);
  });

  test('lists say what is wrong with a query, page and link', async () => {
    const admin = kit.as({ role: 'admin' });
    for (const query of [
      'page=0',
      'page=x',
      'ordering=nothing',
      'surprise=1',
      'is_points_enabled=maybe',
      'current_level=-1',
      'tenant=abc',
      'page=1&page=2',
    ])
      expect([query, (await admin.send('GET', `/api/v1/points/profiles/?${query}`)).status]).toEqual([
        query,
        400,
      ]);
    const first = await admin.call(listProfiles, { query: { page_size: '1' } });
    expect(first.body.next).toMatch(/^http:\/\/gateway\.test\/api\/v1\/points\/profiles\/\?.*page=2/);
    expect((await admin.call(listProfiles, { query: { page: '900' } })).body.results).toEqual([]);
    expect((await admin.send('GET', '/api/v1/points/profiles/?tenant=2')).body).toMatchObject({
      count: 0,
      results: [],
    });
    expect((await admin.send('GET', '/api/v1/points/profiles?search=%24%7B.*')).body.count).toBe(0);
    expect((await kit.as({ userId: member }).call(listProfiles, {})).body).toMatchObject({
      count: 1,
      results: [{ id: member }],
    });
  });

  test('wrong method, media type, size and JSON are 405, 415, 413, 400', async () => {
    const path = `/api/v1/points/profiles/${member}/earn_points`;
    const wrongMethod = await internal().send('GET', path);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
    expect(
      (
        await internal().send('POST', path, {
          raw: 'x=1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(415);
    expect((await internal().send('POST', path, { raw: `{"reason":"${'x'.repeat(200_000)}"}` })).status).toBe(
      413,
    );
    expect((await internal().send('POST', path, { raw: '{"points' })).status).toBe(400);
    expect((await internal().send('POST', path, { raw: '[1,2]' })).status).toBe(400);
    expect((await internal().send('POST', path, { raw: 'null' })).status).toBe(400);
    expect(
      (await internal().send('POST', '/api/v1/points/profiles/abc/earn_points/', { body: {} })).status,
    ).toBe(404);
    expect((await internal().send('GET', '/api/v1/points/nothing/')).status).toBe(404);
  });

  test('metrics count what moved', async () => {
    await earn(12);
    await eventually(async () =>
      expect(await kit.metrics()).toMatch(
        /membership_points_moved_total\{type="earn",service="points"\} \d+/,
      ),
    );
  });
});
