/** After each endpoint that writes and each event that is heard, what Redis keeps is what the database gives. */
import { randomUUID } from 'node:crypto';
import * as contracts from '@membership/contracts/endpoints/points/index';
import { endpointsIn } from '@membership/contracts/endpoint';
import { Directory } from '@membership/platform/directory';
import { createLogger } from '@membership/platform/log';
import { eventually } from '@membership/platform/testing/eventually';
import { KeptAnswers, writesOf } from '@membership/platform/testing/kept-answers';
import { redisLine, type RedisLine } from '@membership/platform/testing/redis-line';
import { sampleOf } from '@membership/platform/testing/samples';
import { subscriptions } from '../src/subscriptions.ts';
import { startMemberSystemKit, type MemberSystemKit } from './member-system-kit.ts';
import { shopOf } from './shop.ts';

const describeWithRedis = process.env.REDIS_URL ? describe : describe.skip;
/** A thousand reads, on a machine that has other things to do. */
const PATIENCE = 600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describeWithRedis('what Redis keeps is what the database gives', () => {
  let line: RedisLine;
  let system: MemberSystemKit;
  let john: number;
  let jane: number;
  let kept: KeptAnswers;
  beforeAll(async () => {
    line = await redisLine();
    system = await startMemberSystemKit({
      ...{ REDIS_URL: line.url, REDIS_PREFIX: line.prefix, ANSWER_CACHE_SETTLE_SECONDS: '0' },
      // No job writes between two looks.
      EXPIRY_JOB_SECONDS: '86400',
    });
    [john, jane] = [await system.aMember(), await system.aMember()];
    for (const member of [john, jane]) await system.earn(member, 50_000);
  });
  beforeEach(() => {
    kept = new KeptAnswers({ line, metrics: () => system.kit.metrics(), reads });
  });
  afterAll(async () => {
    await system?.stop();
    await line?.close();
  });

  const reads = () => {
    const [service, admin] = [system.as(), system.admin()];
    const shown: Record<string, Promise<unknown>> = {
      'the user levels': service.ask(contracts.listUserLevels, {}),
      'the member levels': service.ask(contracts.listMemberLevels, {}),
      'the benefits': admin.ask(contracts.pageBenefits, { query: { limit: '100' } }),
    };
    for (const [name, member] of Object.entries({ john, jane })) {
      const params = { id: String(member) };
      shown[`${name}’s profile`] = service.ask(contracts.getProfile, { params });
      shown[`${name}’s permissions`] = service.ask(contracts.getProfilePermissions, { params });
      shown[`${name}’s membership`] = system.membership(member);
      shown[`${name}’s benefits`] = system.member(member).ask(contracts.listAvailableBenefits, {});
    }
    return shown;
  };

  test(
    'after each endpoint that writes',
    async () => {
      const admin = system.admin();
      const [service, member] = [system.as(), system.member(john)];
      const params = { id: String(john) };
      const made = { record: 0, hold: 0, level: 0, rank: 0, rule: 0, activity: '', redemption: '' };
      const [level] = (await admin.ask(contracts.listUserLevels, {})).items.slice(-1);
      const rank = await system.levelId('SILVER');
      const userLevel = { level_name: '铂金会员', level_code: 'PLATINUM', level_order: 5, min_points: 0 };
      const redeemed = async () => {
        const body = { redemption_item_id: 'MUG', quantity: 1 };
        const answer = await member.call(contracts.redeemPoints, { body });
        made.redemption = answer.body.data.redemption_id;
        return answer;
      };
      const redemption = () => ({ redemption_id: made.redemption });
      const item = { item_id: 'MUG' };
      const writes: Record<string, () => Promise<{ status: number }>> = {
        updatePointsSettings: () =>
          admin.call(contracts.updatePointsSettings, { body: { transfers_enabled: true } }),
        earnPoints: async () => {
          const answer = await system.earn(john, 1_000);
          made.record = answer.body.record_id;
          return answer;
        },
        cancelPointsRecord: () => system.cancel(made.record),
        spendPoints: () => system.spend(john, 100),
        adjustPoints: () =>
          admin.call(contracts.adjustPoints, {
            params,
            body: { points_amount: 7, is_negative: true, category: 'manual', reason: '更正' },
          }),
        transferPoints: () => system.transfer(john, jane, 10),
        placeHold: async () => {
          const answer = await system.hold(john, 30);
          made.hold = answer.body.id;
          return answer;
        },
        captureHold: () => system.capture(made.hold, 10),
        releaseHold: async () => system.release((await system.hold(jane, 5)).body.id),
        updateProfile: () =>
          admin.call(contracts.updateProfile, { params, body: { points_multiplier: 1.5 } }),
        setProfileLevel: () =>
          admin.call(contracts.setProfileLevel, {
            params,
            body: { level_id: level?.id ?? 0, reason: '关怀' },
          }),
        checkProfileLevel: () => admin.call(contracts.checkProfileLevel, { params: { id: String(jane) } }),
        consumeQuota: () =>
          service.call(contracts.consumeQuota, {
            params: { ...params, name: 'max_downloads_per_day' },
            body: {},
          }),
        expirePoints: async () => {
          const { record_id: lot } = (await system.earn(jane, 40)).body;
          await system.endNow(jane, { lot });
          return admin.call(contracts.expirePoints, {});
        },
        createUserLevel: async () => {
          const answer = await admin.call(contracts.createUserLevel, {
            body: { ...userLevel, is_active: false },
          });
          made.level = answer.body.id;
          return answer;
        },
        replaceUserLevel: () =>
          admin.call(contracts.replaceUserLevel, {
            params: { id: String(made.level) },
            body: { ...userLevel, level_name: '白金会员', is_active: false },
          }),
        updateUserLevel: () =>
          admin.call(contracts.updateUserLevel, {
            params: { id: String(made.level) },
            body: { level_color: '#CD7F32' },
          }),
        deleteUserLevel: () => admin.call(contracts.deleteUserLevel, { params: { id: String(made.level) } }),
        createMemberLevel: async () => {
          const body = { level_name: '白金会员', level_code: 'PLATINUM', required_spent: 20_000 };
          const answer = await admin.call(contracts.createMemberLevel, { body });
          made.rank = answer.body.data.level_id;
          return answer;
        },
        updateMemberLevel: () =>
          admin.call(contracts.updateMemberLevel, {
            params: { id: String(made.rank) },
            body: { discount_rate: 0.7 },
          }),
        deleteMemberLevel: () =>
          admin.call(contracts.deleteMemberLevel, { params: { id: String(made.rank) } }),
        setMemberLevel: () =>
          admin.call(contracts.setMemberLevel, { body: { user_id: john, target_level_id: rank } }),
        createBenefit: () =>
          admin.call(contracts.createBenefit, {
            body: { benefit_id: 'B1', benefit_name: '折扣', benefit_type: 'DISCOUNT', description: '' },
          }),
        updateBenefit: () =>
          admin.call(contracts.updateBenefit, { params: { benefit_id: 'B1' }, body: { usage_limit: 2 } }),
        useBenefit: () =>
          service.call(contracts.useBenefit, {
            body: {
              ...{ user_id: john, benefit_id: 'B1', order_id: 'ORD-B1' },
              usage_context: { original_amount: 100 },
            },
          }),
        deleteBenefit: () => admin.call(contracts.deleteBenefit, { params: { benefit_id: 'B1' } }),
        createRule: async () => {
          const answer = await admin.call(contracts.createRule, {
            body: { name: '奖励', event_type: 'feedback.opened.v1', points: 3, category: 'community' },
          });
          made.rule = answer.body.id;
          return answer;
        },
        updateRule: () =>
          admin.call(contracts.updateRule, { params: { id: String(made.rule) }, body: { points: 4 } }),
        dryRunRules: () =>
          admin.call(contracts.dryRunRules, {
            body: {
              ...{ event_type: 'feedback.opened.v1', member: john },
              data: { ...sampleOf('feedback.opened.v1').data, memberId: john },
            },
          }),
        deleteRule: () => admin.call(contracts.deleteRule, { params: { id: String(made.rule) } }),
        createActivity: async () => {
          const answer = await admin.call(contracts.createActivity, {
            body: {
              ...{ title: '双倍积分周', description: '', category: 'WEEK', benefits: [], next_action: '' },
              ...{ start_time: inHours(-1), end_time: inHours(24) },
            },
          });
          made.activity = answer.body.data.activity_id;
          return answer;
        },
        updateActivity: () =>
          admin.call(contracts.updateActivity, {
            params: { activity_id: made.activity },
            body: { max_participants: 10 },
          }),
        joinActivity: () =>
          member.call(contracts.joinActivity, { params: { activity_id: made.activity }, body: {} }),
        deleteActivity: async () => {
          const body = {
            ...{ title: '没有人参加', description: '', category: 'NOBODY', benefits: [], next_action: '' },
            ...{ start_time: inHours(-1), end_time: inHours(24) },
          };
          const { activity_id } = await admin.ask(contracts.createActivity, { body });
          return admin.call(contracts.deleteActivity, { params: { activity_id } });
        },
        createRedemptionItem: () =>
          admin.call(contracts.createRedemptionItem, {
            body: {
              ...{ redemption_item_id: 'MUG', item_name: '杯子', points_cost: 10, stock: 5 },
              needs_delivery: false,
            },
          }),
        updateRedemptionItem: () =>
          admin.call(contracts.updateRedemptionItem, { params: item, body: { stock: 9 } }),
        redeemPoints: redeemed,
        shipRedemption: () =>
          admin.call(contracts.shipRedemption, { params: redemption(), body: { tracking_code: 'SF1' } }),
        completeRedemption: () => admin.call(contracts.completeRedemption, { params: redemption() }),
        returnRedemption: () =>
          admin.call(contracts.returnRedemption, { params: redemption(), body: { reason: '质量问题' } }),
        cancelRedemption: async () => {
          await redeemed();
          return admin.call(contracts.cancelRedemption, { params: redemption(), body: { reason: '缺货' } });
        },
        deleteRedemptionItem: async () => {
          const body = { redemption_item_id: 'CAP', item_name: '帽子', points_cost: 10, stock: 5 };
          await admin.ask(contracts.createRedemptionItem, { body: body as never });
          return admin.call(contracts.deleteRedemptionItem, { params: { item_id: 'CAP' } });
        },
        earnMemberPoints: () =>
          service.call(contracts.earnMemberPoints, {
            body: {
              ...{
                user_id: john,
                event_type: 'PURCHASE',
                points: 250,
                description: '',
                related_order: 'ORD1',
              },
              related_data: { order_amount: 250, point_rate: 1 },
            },
          }),
        useMemberPoints: () =>
          member.call(contracts.useMemberPoints, {
            body: { user_id: john, points_to_use: 100, order_amount: 200, order_id: 'ORD2' },
          }),
        takeWebhook: async () => {
          const shop = shopOf(system);
          await shop.completed(john, 'ORD3', 300);
          await shop.tell('MEMBER_LOGIN', { user_id: john });
          return shop.refunded('ORD3', { user_id: john });
        },
        batchPoints: () =>
          admin.call(contracts.batchPoints, {
            body: {
              ...{ operation_type: 'EARN', reason: '补偿', operator: 'admin' },
              users: [john, jane].map((user_id) => ({ user_id, points: 5, note: '' })),
            },
          }),
        updateMemberProfile: () =>
          member.call(contracts.updateMemberProfile, {
            body: { nickname: 'Johnny', birthday: '1990-01-15' },
          }),
      };
      expect(Object.keys(writes).sort()).toEqual(writesOf(endpointsIn(contracts)));
      for (const [name, write] of Object.entries(writes)) {
        const { status } = await kept.after(name, write);
        expect([name, status < 300]).toEqual([name, true]);
      }
      expect(kept.stale).toEqual([]);
    },
    PATIENCE,
  );

  test(
    'after each event that is heard',
    async () => {
      const { connection } = system.kit;
      const logger = createLogger({ service: 'points', level: 'silent' });
      const directory = new Directory({
        connection,
        gatewayUrl: 'http://127.0.0.1:9',
        service: 'points',
        logger,
      });
      const heard = subscriptions({ directory } as never).flatMap(({ type }) => type ?? []);
      expect(heard).toContain('vip.granted.v1');
      let sequence = 1_000;
      /** As its sample, about Jane, of now, and with something in it that is other than it was. */
      const isTold = async (type: string, more: Record<string, unknown> = {}) => {
        const sample = sampleOf(type);
        sequence++;
        const own: Record<string, unknown> = {
          ...{ memberId: jane, displayName: `Jane ${sequence}`, tagName: `VIP ${sequence}` },
          ...{ expiresAt: inHours(24), graceEndsAt: inHours(48), tenantId: 1, ...more },
        };
        const data = Object.fromEntries(
          Object.entries(sample.data).map(([name, value]) => [
            name,
            name in own && value !== null ? own[name] : value,
          ]),
        );
        const ofMember = type.startsWith('member.');
        const envelope = {
          ...sample,
          ...{ id: randomUUID(), tenantid: 1, time: new Date().toISOString(), sequence, data },
          subject: ofMember ? String(jane) : sample.subject,
        };
        await system.kit.publishRaw(type, Buffer.from(JSON.stringify(envelope)));
        await eventually(async () =>
          expect(
            await connection.collection<{ _id: string }>('inbox').findOne({ _id: envelope.id }),
          ).not.toBeNull(),
        );
      };
      const before: Record<string, () => Promise<void>> = {
        'vip.purchase_failed.v1': () => isTold('vip.purchase_requested.v1', { purchaseId: 9_002 }),
      };
      // Of an erased tenant nothing is shown; an erased member is told of last.
      const last = ['member.erased.v1', 'tenant.erased.v1'];
      const types = heard.filter((each) => !last.includes(each));
      const areTold = async (these: readonly string[]) => {
        for (const type of these)
          await kept.after(type, async () => {
            await before[type]?.();
            await isTold(type, before[type] ? { purchaseId: 9_002 } : {});
          });
      };
      await areTold(types);
      // Once more, where rules give points for each that they can.
      const { items: given } = await system.admin().ask(contracts.listRules, {});
      for (const { event_type } of (await system.admin().ask(contracts.listRuleEvents, {})).items)
        if (!given.some((rule) => rule.event_type === event_type))
          await system.admin().ask(contracts.createRule, {
            body: { name: event_type, event_type, points: 3, category: 'community' } as never,
          });
      await areTold([...types, 'member.erased.v1']);
      expect(kept.stale).toEqual([]);
    },
    PATIENCE,
  );
});
