/** Each administrative act that is a fact, done once over real processes: the audit trail has it with its actor and its request. */
import { createHmac } from 'node:crypto';
import { administrativeActs } from '@membership/contracts/administrative-acts';
import type { CallOf, Endpoint } from '@membership/contracts/endpoint';
import type { Client } from '@membership/contracts/client';
import * as applications from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import * as points from '@membership/contracts/endpoints/points/index';
import { listEvents } from '@membership/contracts/endpoints/stats/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { eventually } from '@membership/platform/testing/eventually';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';

/** What one service knows, another hears of a moment later. */
const SOON = { milliseconds: 60_000 };
/** A tenant's erasure takes its trail along; what is due of tags is done within seconds by a clock, whoever asks for it. */
const ELSEWHERE = ['eraseTenant', 'runDueWork'];
type Done = { readonly requestId: string; readonly actor: string };
/** What an act answers, without its envelope. */
// oxlint-disable-next-line typescript/no-explicit-any -- of any endpoint
type Answer = any;

/** What an authenticator shows for a secret (RFC 6238). */
function codeOf(secret: string): string {
  const bits = Array.from(secret, (each) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** In a tenant of its own. */
export function administrativeActsStory(platform: () => PlatformKit): void {
  const done = new Map<string, Done>();
  let kit: PlatformKit;
  let root: Client;
  let boss: Client;
  let bossName: string;
  let rootName: string;
  let tenant: number;

  /** Does an act; again while its service has not heard yet of what it names. */
  async function act<E extends Endpoint>(
    one: E,
    parts: CallOf<E>,
    by = boss,
    actor = bossName,
  ): Promise<Answer> {
    const requestId = `act-${one.name}`;
    const answer = await eventually(async () => {
      const got = await by.call(one, parts, { headers: { 'x-request-id': requestId } });
      if (got.status >= 300) throw new Error(`${one.name}: ${got.status} ${JSON.stringify(got.body)}`);
      return got;
    }, SOON);
    done.set(one.name, { requestId, actor });
    const body = answer.body as Answer;
    return one.dialect === 'drf' ? body : body.data;
  }
  const byId = (id: unknown) => ({ params: { id: String(id) } });
  const person = (username: string, role: 'admin' | 'member' = 'member') => ({
    body: { username, email: `${username}@example.com`, password: PASSWORD, role },
  });
  const logIn = async (username: string): Promise<Client> => {
    const body = { username, password: PASSWORD, tenant: 'acts' };
    return kit.anonymous.as((await kit.anonymous.ask(identity.login, { body })).access_token);
  };
  /** Turns somebody's second factor on: its recovery codes. */
  async function enrol(by: Client): Promise<readonly string[]> {
    const { secret } = await by.ask(identity.startSecondFactor, { body: { password: PASSWORD } });
    const body = { code: codeOf(secret) };
    return (await by.ask(identity.confirmSecondFactor, { body })).recovery_codes;
  }
  /** From the first event on. */
  async function wholeTrail() {
    const all: Answer[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { ordering: 'position', page_size: 100, ...(cursor ? { cursor } : {}) };
      const { results, next_cursor } = await boss.ask(listEvents, { query } as CallOf<typeof listEvents>);
      all.push(...results);
      if (next_cursor === null) return all;
      cursor = next_cursor;
    }
  }

  beforeAll(async () => {
    kit = platform();
    root = await kit.as('root');
    rootName = `user:${(await root.ask(identity.me, {})).user.id}`;
  });

  test('of a tenant, its people, credentials and receivers', async () => {
    const body = { code: 'acts', name: 'Acts', timezone: 'Asia/Shanghai', webhook_secret: PASSWORD };
    ({ id: tenant } = await act(identity.createTenant, { body }, root, rootName));
    await act(identity.updateTenant, { ...byId(tenant), body: { name: 'All acts' } }, root, rootName);
    await act(identity.rotateWebhookSecret, { ...byId(tenant), body: {} }, root, rootName);
    const { access_token } = await kit.anonymous.ask(identity.login, {
      body: { username: 'root', password: PASSWORD },
    });
    const inside = kit.anonymous.as(access_token, { 'x-tenant-id': String(tenant) });
    const { id: bossId } = await inside.ask(identity.createMember, person('boss', 'admin'));
    [boss, bossName] = [await logIn('boss'), `user:${bossId}`];

    const { id: ada } = await act(identity.createMember, person('ada'));
    await act(identity.updateMember, { ...byId(ada), body: { display_name: 'Ada' } });
    await logIn('ada');
    const [session] = (await boss.ask(identity.listMemberSessions, byId(ada))).items;
    await act(identity.endMemberSession, { params: { id: String(ada), session_id: session?.id as string } });
    const { link_id } = await act(identity.makePasswordLink, { ...byId(ada), body: {} });
    await act(identity.fetchPasswordLink, { params: { link_id }, body: {} });
    await act(identity.deactivateMember, byId(ada));
    await act(identity.eraseMember, { ...byId(ada), body: {} });
    const imported = await boss.send('post', identity.importMembers.path, {
      raw: 'username,email\nbob,bob@example.com\n',
      headers: { 'content-type': 'text/csv', 'x-request-id': 'act-importMembers' },
    });
    expect(imported.status).toBe(200);
    done.set('importMembers', { requestId: 'act-importMembers', actor: bossName });

    const [recovery] = await enrol(boss);
    const { recovery_codes: codes } = await act(identity.replaceRecoveryCodes, {
      body: { code: recovery as string },
    });
    await act(identity.removeSecondFactor, { body: { code: codes[0] } });
    const { id: deputy } = await boss.ask(identity.createMember, person('deputy', 'admin'));
    await enrol(await logIn('deputy'));
    await act(identity.resetSecondFactor, { ...byId(deputy), body: {} });
    await act(identity.updateSecuritySettings, { body: { allowed_origins: ['https://shop.example'] } });

    const key = await act(identity.createApiKey, { body: { name: 'Key', scopes: ['points:read'] } });
    const byKey = { params: { key_id: key.id } };
    await act(identity.updateApiKey, { ...byKey, body: { name: 'Other' } });
    await act(identity.rotateApiKey, { ...byKey, body: {} });
    await act(identity.revokeApiKey, byKey);
    const { client_id } = await act(identity.createClient, {
      body: { name: 'Client', scopes: ['points:read'] },
    });
    await act(identity.rotateClientSecret, { params: { client_id }, body: {} });
    await act(identity.deleteClient, { params: { client_id } });
    const issuer = await act(identity.createExternalIssuer, {
      body: {
        ...{ name: 'Login', issuer: 'https://id.example/', audience: 'acts', algorithms: ['RS256'] },
        jwks_uri: 'https://id.example/keys',
      },
    });
    await act(identity.updateExternalIssuer, { ...byId(issuer.id), body: { name: 'Other' } });
    await act(identity.deleteExternalIssuer, byId(issuer.id));
    const hook = await act(identity.createWebhookEndpoint, {
      body: { url: 'https://shop.example/hooks', event_types: ['vip.grace_started.v1'] },
    });
    await act(identity.updateWebhookEndpoint, { ...byId(hook.id), body: { is_enabled: false } });
    await act(identity.rotateWebhookEndpointSecret, { ...byId(hook.id), body: {} });
    await act(identity.deleteWebhookEndpoint, byId(hook.id));
  });

  test('of points, levels, rules and redemptions', async () => {
    const { id } = await boss.ask(identity.createMember, person('paula'));
    const paula = await logIn('paula');
    const profile = byId(id);
    const earned = { points_amount: 100, category: 'manual' };
    const { record_id } = await act(points.earnPoints, { ...profile, body: earned });
    await act(points.cancelPointsRecord, { ...byId(record_id), body: { reason: 'Twice' } });
    await act(points.adjustPoints, {
      ...profile,
      body: { points_amount: 500, is_negative: false, category: 'manual', reason: 'Help' },
    });
    await act(points.batchPoints, {
      body: { operation_type: 'EARN', reason: 'All', users: [{ user_id: id, points: 10 }] },
    });
    const hold = { points_amount: 5, category: 'feature_unlock' };
    const { id: captured } = await act(points.placeHold, { ...profile, body: hold });
    await act(points.captureHold, { ...byId(captured), body: {} });
    const { id: released } = await boss.ask(points.placeHold, { ...profile, body: hold });
    await act(points.releaseHold, byId(released));
    await act(points.consumeQuota, { params: { id: String(id), name: 'max_downloads_per_day' }, body: {} });
    await act(points.updateProfile, { ...profile, body: { points_multiplier: 1.5 } });
    await act(points.updatePointsSettings, { body: points.updatePointsSettings.examples?.request as Answer });
    // What has ended meanwhile is ended by the act, or by the job that does so by itself: then again.
    await eventually(async () => {
      await boss.ask(points.earnPoints, {
        ...profile,
        body: { ...earned, expires_at: new Date(Date.now() + 1_000).toISOString() },
      });
      await eventually(async () =>
        expect((await act(points.expirePoints, { body: {} } as Answer)).profiles).toBe(1),
      );
    }, SOON);

    const query = { ordering: 'level_order' } as const;
    const levels = (await boss.ask(points.listUserLevels, { query })).items as Answer[];
    await act(points.updateUserLevel, { ...byId(levels[0].id), body: { max_points: 49 } });
    // From now on the profile is to be of a higher level: a job gives it that, too, unless the act is before it.
    let step = 0;
    await eventually(async () => {
      const { id: _id, created_at: _created, updated_at: _updated, ...asItIs } = levels[++step];
      const range = { min_points: 25 * 2 ** step, max_points: step < 3 ? 50 * 2 ** step - 1 : null };
      await act(points.replaceUserLevel, { ...byId(levels[step].id), body: { ...asItIs, ...range } });
      expect((await act(points.checkProfileLevel, profile as Answer)).level_change.upgraded).toBe(true);
    }, SOON);
    const { id: petra } = await boss.ask(identity.createMember, person('petra'));
    await act(points.setProfileLevel, {
      ...byId(petra),
      body: { level_id: levels[2].id, reason: 'Kindness' },
    });
    const level = {
      ...(points.createUserLevel.examples?.request as Answer),
      level_code: 'ACTS',
      level_order: 99,
    };
    const { id: own } = await act(points.createUserLevel, { body: { ...level, is_active: false } });
    await act(points.deleteUserLevel, byId(own));
    const memberLevel = await act(points.createMemberLevel, {
      body: points.createMemberLevel.examples?.request as Answer,
    });
    await act(points.updateMemberLevel, { ...byId(memberLevel.level_id), body: { discount_rate: 0.5 } });
    await act(points.setMemberLevel, {
      body: { user_id: id, target_level_id: memberLevel.level_id, reason: 'Help', operator: 'boss' },
    });
    const other = await boss.ask(points.createMemberLevel, {
      body: {
        ...(points.createMemberLevel.examples?.request as Answer),
        level_code: 'X',
        level_name: 'X',
        required_spent: 90_000,
      },
    });
    await act(points.deleteMemberLevel, byId(other.level_id));

    const { id: rule } = await act(points.createRule, {
      body: points.createRule.examples?.request as Answer,
    });
    await act(points.updateRule, { ...byId(rule), body: { points: 60 } });
    await act(points.deleteRule, byId(rule));
    await act(points.createBenefit, {
      body: { benefit_id: 'B9', benefit_name: 'Gift', benefit_type: 'BIRTHDAY_GIFT', value: 1 },
    });
    await act(points.updateBenefit, { params: { benefit_id: 'B9' }, body: { value: 2 } });
    await act(points.deleteBenefit, { params: { benefit_id: 'B9' } });
    const { activity_id } = await act(points.createActivity, {
      body: { ...(points.createActivity.examples?.request as Answer), required_level: null },
    });
    await act(points.updateActivity, { params: { activity_id }, body: { max_participants: 7 } });
    await act(points.deleteActivity, { params: { activity_id } });

    const item = { item_name: 'Mug', points_cost: 1, stock: 9 };
    await act(points.createRedemptionItem, { body: { ...item, redemption_item_id: 'MUG' } });
    await act(points.updateRedemptionItem, { params: { item_id: 'MUG' }, body: { stock: 8 } });
    const redeemed = async () => {
      const { redemption_id } = await paula.ask(points.redeemPoints, {
        body: {
          redemption_item_id: 'MUG',
          delivery_address: { name: 'Paula', phone: '13800138000', address: 'Street 1' },
        },
      });
      return { params: { redemption_id } };
    };
    const shipped = await redeemed();
    await act(points.shipRedemption, { ...shipped, body: { tracking_code: 'T' } });
    await act(points.completeRedemption, { ...shipped, body: {} } as Answer);
    await act(points.returnRedemption, { ...shipped, body: { reason: 'Broken' } });
    await act(points.cancelRedemption, { ...(await redeemed()), body: { reason: 'None left' } });
    await act(points.deleteRedemptionItem, { params: { item_id: 'MUG' } });
  });

  test('of tags', async () => {
    const { id } = await boss.ask(identity.createMember, person('vera'));
    const gold = vip.defineTag.examples?.request as Answer;
    const { id: tag } = await act(vip.defineTag, { body: gold });
    await act(vip.changeTag, { ...byId(tag), body: { tag_level: 11 } });
    await act(vip.replaceTag, { ...byId(tag), body: { ...gold, tag_level: 12 } });
    const { id: granted } = await act(vip.grantTag, {
      body: { member_id: id, tag_id: tag, duration_days: 30 },
    });
    await act(vip.renewUserTag, { ...byId(granted), body: { duration_days: 30 } });
    await act(vip.suspendUserTag, { ...byId(granted), body: {} });
    await act(vip.resumeUserTag, { ...byId(granted), body: {} });
    await act(vip.revokeUserTag, { ...byId(granted), body: { reason: 'Over' } });
    await act(vip.batchGrantTag, { body: { member_ids: [id], tag_id: tag, duration_days: 30 } });
    await act(vip.retireTag, byId(tag));
  });

  test('of licences', async () => {
    const [lena, lars, lisa] = await Promise.all(
      ['lena', 'lars', 'lisa'].map(async (name) => (await boss.ask(identity.createMember, person(name))).id),
    );
    const { id: product_id } = await act(licensing.createProduct, { body: { name: 'App', version: '1' } });
    await act(licensing.updateProduct, { ...byId(product_id), body: { version: '2' } });
    const { id: plan_id } = await act(licensing.createPlan, { body: { product_id, name: 'Pro' } });
    await act(licensing.updatePlan, { ...byId(plan_id), body: { name: 'Pro 2' } });
    const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const issued = { product_id, plan_id, max_activations: 5, expires_at: inAMonth };
    const { id: license_id } = await act(licensing.issueLicense, { body: issued });
    await act(licensing.updateLicense, { ...byId(license_id), body: { max_activations: 6 } });
    await act(licensing.renewLicense, { ...byId(license_id), body: { duration_days: 30 } });
    await act(licensing.rotateLicenseKey, { ...byId(license_id), body: {} });
    const { assignment_id } = await act(licensing.createAssignment, {
      body: { member_id: lena as number, license_id },
    });
    const own = await logIn('lena');
    await own.ask(licensing.activateLicense, {
      params: { assignment_id: String(assignment_id) },
      body: { device_info: { device_id: 'PC' } },
    });
    await act(licensing.unbindDeviceOf, {
      ...byId(assignment_id),
      body: { device_id: 'PC', release_slot: true },
    });
    await act(licensing.suspendAssignment, { ...byId(assignment_id), body: {} });
    await act(licensing.resumeAssignment, { ...byId(assignment_id), body: {} });
    await act(licensing.revokeAssignment, { ...byId(assignment_id), body: { reason: 'Over' } });
    const rowFor = (member_id: number | undefined) => [{ member_id: member_id as number, license_id }];
    await act(licensing.batchAssign, { body: { assignments: rowFor(lars) } });
    await act(licensing.startBatch, { body: { assignments: rowFor(lisa) } });
    const { id: unused } = await boss.ask(licensing.issueLicense, { body: issued });
    await act(licensing.deleteLicense, byId(unused));
    const { id: spare } = await boss.ask(licensing.createPlan, { body: { product_id, name: 'Spare' } });
    await act(licensing.deletePlan, byId(spare));
    const { id: bare } = await boss.ask(licensing.createProduct, { body: { name: 'Bare', version: '1' } });
    await act(licensing.deleteProduct, byId(bare));
    await eventually(async () =>
      expect((await boss.ask(licensing.listBatches, {})).items.map(({ status }) => status)).toEqual([
        'completed',
      ]),
    );
    await act(licensing.revokeLicense, { ...byId(license_id), body: { reason: 'Over' } });
  });

  test('of applications', async () => {
    const app = { name: 'App', code: 'app-of-acts' };
    const whole = applications.replaceApplication.examples?.request as Answer;
    const { id } = await act(applications.createApplication, { body: app } as Answer);
    await act(applications.changeApplication, { ...byId(id), body: { current_version: '2' } } as Answer);
    await act(applications.replaceApplication, {
      ...byId(id),
      body: { ...whole, ...app, name: 'Other' },
    } as Answer);
    const article = await act(applications.writeArticle, {
      ...byId(id),
      body: { title: 'How', slug: 'how' },
    } as Answer);
    const byArticle = { params: { id: String(id), article_id: String(article.id) } };
    await act(applications.changeArticle, { ...byArticle, body: { title: 'How to' } } as Answer);
    await act(applications.deleteArticle, byArticle);
    await boss.ask(identity.createMember, person('fred'));
    const fred = await logIn('fred');
    const given = await eventually(async () => {
      const answer = await fred.call(applications.giveFeedback, {
        ...byId(id),
        body: { title: 'Good', content: 'Good' },
      } as Answer);
      expect(answer.status).toBeLessThan(300);
      return answer.body.data as Answer;
    }, SOON);
    const byFeedback = { params: { id: String(id), feedback_id: String(given.id) } };
    await act(applications.answerFeedback, {
      ...byFeedback,
      body: { status: 'closed', reply: 'Thanks' },
    } as Answer);
    await act(applications.deleteApplication, byId(id));
    await act(applications.restoreApplication, { ...byId(id), body: {} } as Answer);

    // At last: until all have heard of it again, they refuse the tenant’s requests.
    await act(identity.suspendTenant, { ...byId(tenant), body: {} }, root, rootName);
    await act(identity.resumeTenant, { ...byId(tenant), body: {} }, root, rootName);
  });

  test('each of them stands in the audit trail with its actor and its request', async () => {
    const facts = Object.entries(administrativeActs).filter(([, told]) => Array.isArray(told));
    expect([...done.keys(), ...ELSEWHERE].sort()).toEqual(facts.map(([name]) => name).sort());
    await eventually(async () => {
      const trail = await wholeTrail();
      const missing = [...done].filter(([name, { requestId, actor }]) => {
        const types = administrativeActs[name] as readonly string[];
        return !trail.some(
          (event) =>
            types.some((type) => event.type === `${type}.v1`) &&
            event.actor === actor &&
            event.request_id === requestId,
        );
      });
      expect(missing).toEqual([]);
    }, SOON);
  });
}
