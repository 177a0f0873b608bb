/** Feedback on an application, and what the application counts of it. */
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import * as feedbacks from '@membership/contracts/endpoints/applications/feedbacks';
import { memberErased } from '@membership/contracts/events/gateway';
import type { Client } from '@membership/contracts/client';
import { eventually } from '@membership/platform/testing/service-kit';
import { expectLikeSample } from '@membership/platform/testing/samples';
import { aTenantOf, time } from './builders.ts';
import { anApplication, kit } from './the-service.ts';

test('the name under what an erased member wrote gives way; the words stay', async () => {
  const { admin, member, tenantId } = aTenantOf(kit);
  const params = await anApplication(admin);
  await member.ask(feedbacks.giveFeedback, { params, body: { content: '要一分钟' } });
  const data = {
    ...{ memberId: 9, username: 'erased:9', email: 'erased:9@erased.invalid', displayName: '' },
    ...{ role: 'member' as const, isActive: false, externalId: null, joinedAt: new Date().toISOString() },
  };
  await kit.publish(memberErased, { tenantId, subject: 9, sequence: 9, data });
  await eventually(async () => {
    const { items } = await admin.ask(feedbacks.listFeedbacks, { params });
    expect(items.map(({ content, member_info }) => [content, member_info?.username])).toEqual([
      ['要一分钟', 'erased:9'],
    ]);
    const rows = await kit.connection.collection('feedbacks').find({ tenantId }).toArray();
    expect(JSON.stringify(rows)).not.toContain('john_doe');
  });
});

describe('feedbacks', () => {
  test('members give them and see their own; administrators answer and close', async () => {
    const { admin, member, tenantId, stranger } = aTenantOf(kit);
    const other = kit.as({ role: 'member', tenantId, userId: 10 });
    const params = await anApplication(admin);
    const given = await member.call(feedbacks.giveFeedback, {
      params,
      body: { title: '导出很慢', content: '要一分钟', rating: 3 },
    });
    expect([given.status, given.body.data]).toEqual([
      200,
      {
        id: expect.any(Number),
        application_id: Number(params.id),
        member_id: 9,
        member_info: { id: 9, username: 'john_doe', email: null },
        title: '导出很慢',
        content: '要一分钟',
        rating: 3,
        status: 'open',
        reply: null,
        created_at: time,
        updated_at: time,
        closed_at: null,
      },
    ]);
    await other.ask(feedbacks.giveFeedback, { params, body: { content: '很好' } });
    const listed = async (client: Client, query = {}) =>
      (await client.ask(feedbacks.listFeedbacks, { params, query })).items.map(({ content }) => content);
    expect(await listed(member)).toEqual(['要一分钟']);
    expect(await listed(admin)).toEqual(['很好', '要一分钟']);
    expect((await admin.call(contracts.applicationStatistics, { params })).body.data.feedbacks).toEqual({
      total: 2,
      open: 2,
    });

    const one = { ...params, feedback_id: String(given.body.data.id) };
    expect(
      (await member.call(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } })).status,
    ).toBe(403);
    expect(
      (await stranger.call(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } })).status,
    ).toBe(404);
    const closed = await admin.ask(feedbacks.answerFeedback, {
      params: one,
      body: { status: 'closed', reply: '已修复' },
    });
    expect(closed).toMatchObject({ status: 'closed', reply: '已修复', closed_at: time });
    await admin.ask(feedbacks.answerFeedback, { params: one, body: { status: 'closed' } });
    await admin.ask(feedbacks.answerFeedback, { params: one, body: { reply: '再谢' } });
    expect(await listed(admin, { status: 'open' })).toEqual(['很好']);
    expect((await admin.call(contracts.applicationStatistics, { params })).body.data).toEqual({
      licenses: { total: 0, active: 0 },
      feedbacks: { total: 2, open: 1 },
      articles: { total: 0 },
    });
    expect(
      (await admin.ask(feedbacks.answerFeedback, { params: one, body: { status: 'open' } })).closed_at,
    ).toBeNull();
    await kit.heardOne(
      'feedback.opened.v1',
      ({ subject, sequence }) => subject === one.feedback_id && sequence === 3,
    );
    expect(
      kit.heard
        .filter(({ subject, type }) => subject === one.feedback_id && type.startsWith('feedback.'))
        .map(({ type, sequence }) => [type, sequence]),
    ).toEqual([
      ['feedback.opened.v1', 1],
      ['feedback.closed.v1', 2],
      ['feedback.opened.v1', 3],
    ]);
  });

  test.each([
    {},
    { content: '' },
    { content: 'x', rating: 6 },
    { content: 'x', rating: 2.5 },
    { content: 'x', member_id: 5 },
    { content: { $gt: '' } },
  ])('refuses %j', async (body) => {
    const { admin, member } = aTenantOf(kit);
    const params = await anApplication(admin);
    expect((await member.call(feedbacks.giveFeedback, { params, body: body as never })).status).toBe(400);
  });
});

test.each(['feedback.opened.v1', 'feedback.closed.v1'])(
  '%s was announced as its sample says',
  async (type) => {
    expectLikeSample(await kit.heardOne(type));
  },
);
