/**
 * A tenant whose data the pictures of the tour show: a bookshop with members who earn, redeem, hold tags and licences, and say what
 * they think. Everything is done through the gateway, as people would. What stands there already stays.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ClientError, createClient, type Client } from '@membership/contracts/client';
import {
  createApplication,
  giveFeedback,
  listApplications,
  writeArticle,
} from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import * as points from '@membership/contracts/endpoints/points/index';
import * as vip from '@membership/contracts/endpoints/vip/index';
import { loginAs } from '../demo-data.ts';

export const TOUR = { code: 'harbour-books', admin: 'olive', member: 'lin_mei' } as const;
const HEARD_MS = 60_000;
const MEMBERS = [
  ['lin_mei', '林梅', 1_240],
  ['wang_lei', '王磊', 980],
  ['zhao_min', '赵敏', 3_420],
  ['chen_hao', '陈浩', 410],
  ['anna_berg', 'Anna Berg', 2_180],
  ['tom_reed', 'Tom Reed', 150],
  ['sofia_ruiz', 'Sofia Ruiz', 760],
  ['liu_yang', '刘洋', 5_600],
  ['emma_stone', 'Emma Stone', 90],
  ['zhou_ting', '周婷', 1_730],
  ['noah_klein', 'Noah Klein', 620],
  ['xu_fang', '徐芳', 2_950],
] as const;
const REASONS = [
  '读书会 · Reading circle',
  '书评 · Book review',
  '周年礼 · Anniversary',
  '补偿 · Late parcel',
] as const;

/** Asks until other services have heard of what was made a moment ago. */
async function whenHeard<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + HEARD_MS; ; await pause(200)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ClientError) || Date.now() > end) throw error;
    }
  }
}

/** Loads the tenant where it is not there; answers its administrator's client and the member whose page is shown. */
export async function loadTour({
  gatewayUrl,
  superPassword,
  password,
  log,
}: {
  gatewayUrl: string;
  superPassword: string;
  password: string;
  log: (line: string) => void;
}): Promise<{ memberId: number; applicationId: number }> {
  const anyone = createClient({ baseUrl: gatewayUrl });
  const root = await loginAs(anyone, 'root', superPassword);
  const { items: found } = await root.ask(identity.listTenants, { query: { code: TOUR.code } });
  if (found.length === 0) {
    log('loading the tenant that the pictures show');
    const { id } = await root.ask(identity.createTenant, {
      body: {
        code: TOUR.code,
        name: '港湾书店 Harbour Books',
        timezone: 'Asia/Shanghai',
        webhook_secret: password,
      },
    });
    const { access_token } = await anyone.ask(identity.login, {
      body: { username: 'root', password: superPassword },
    });
    const inside = anyone.as(access_token, { 'x-tenant-id': String(id) });
    await inside.ask(identity.createMember, {
      body: {
        username: TOUR.admin,
        email: 'olive@harbour.example',
        password,
        role: 'admin',
        display_name: 'Olive 奥莉',
      },
    });
    await fill(anyone, await loginAs(anyone, TOUR.admin, password), password);
  }
  const admin = await loginAs(anyone, TOUR.admin, password);
  const [member] = (await admin.ask(identity.listMembers, { query: { username: TOUR.member } })).items;
  const { items: applications } = await admin.ask(listApplications, {});
  if (!member || !applications[0])
    throw new Error(`The tenant ${TOUR.code} is there, but not whole: npm run reset, and again`);
  return { memberId: member.id, applicationId: applications[0].id };
}

async function fill(anyone: Client, admin: Client, password: string): Promise<void> {
  const ids = new Map<string, number>();
  for (const [username, display_name] of MEMBERS) {
    const body = { username, email: `${username}@reader.example`, password, display_name };
    ids.set(username, (await admin.ask(identity.createMember, { body })).id);
  }
  const idOf = (username: string) => ids.get(username) as number;
  for (const id of ids.values())
    await whenHeard(() => admin.ask(points.getProfile, { params: { id: String(id) } }));
  await admin.ask(points.createRule, {
    body: {
      name: '每日登录 · Logging in',
      event_type: 'member.logged_in.v1',
      points: 5,
      category: 'login',
      caps: { per_day: 5 },
    },
  });
  await admin.ask(points.createRule, {
    body: {
      name: '提交反馈 · Feedback',
      event_type: 'feedback.opened.v1',
      points: 20,
      category: 'community',
      caps: { per_day: 60 },
    },
  });
  for (const [index, [username, , total]] of MEMBERS.entries()) {
    const params = { id: String(idOf(username)) };
    await admin.ask(points.adjustPoints, {
      params,
      body: { points_amount: total, reason: REASONS[index % REASONS.length] as string },
    });
    if (index % 3 === 0)
      await admin.ask(points.earnPoints, {
        params,
        body: { points_amount: 60, category: 'community', reason: '书评 · Book review' },
      });
  }
  await admin.ask(points.adjustPoints, {
    params: { id: String(idOf('chen_hao')) },
    body: { points_amount: 40, is_negative: true, reason: '更正 · Correction' },
  });
  await sellThings(admin, idOf);
  await fromMembers(anyone, admin, password);
}

/** Items, tags and licences, and who has them. */
async function sellThings(admin: Client, idOf: (username: string) => number): Promise<void> {
  for (const [redemption_item_id, item_name, points_cost, stock] of [
    ['TOTE', '帆布袋 · Canvas bag', 300, 120],
    ['MUG', '马克杯 · Mug', 450, 8],
    ['CARD50', '50 元礼品卡 · Gift card', 900, 40],
  ] as const)
    await admin.ask(points.createRedemptionItem, {
      body: { redemption_item_id, item_name, points_cost, stock },
    });
  const tags = [
    ['VIP_SILVER', '银色读者 · Silver reader', '☆', 5, 19.9],
    ['VIP_GOLD', '金色读者 · Gold reader', '★', 10, 39.9],
  ] as const;
  const tagIds: number[] = [];
  for (const [tag_code, tag_name, tag_icon, tag_level, monthly_price] of tags) {
    const { id } = await admin.ask(vip.defineTag, {
      body: {
        ...{ tag_code, tag_name, tag_icon, tag_level, tag_type: 'vip', requires_payment: true },
        price_config: { monthly_price, yearly_price: monthly_price * 10, currency: 'CNY' },
        permission_modifiers: { discount_rate_bonus: tag_level / 100, priority_support: tag_level > 5 },
        ...{ default_duration_days: 30, max_duration_days: 365 },
      },
    });
    tagIds.push(id);
  }
  for (const [username, tag, duration_days] of [
    ['lin_mei', 1, 90],
    ['zhao_min', 1, 5],
    ['liu_yang', 1, 365],
    ['anna_berg', 0, 30],
    ['xu_fang', 0, 3],
  ] as const)
    await whenHeard(() =>
      admin.ask(vip.grantTag, {
        body: {
          member_id: idOf(username),
          tag_id: tagIds[tag] as number,
          duration_days,
          reason: '读者节 · Readers’ week',
        },
      }),
    );
  const { id: application_id } = await admin.ask(createApplication, {
    body: { name: '港湾阅读器 Harbour Reader', code: 'reader', current_version: '3.2.0', status: 'active' },
  });
  const product = await whenHeard(() =>
    admin.ask(licensing.createProduct, {
      body: { name: 'Harbour Reader', version: '3.2.0', application_id },
    }),
  );
  const plan = await admin.ask(licensing.createPlan, {
    body: { product_id: product.id, name: '家庭版 Family', default_limits: { max_activations: 5 } },
  });
  const licence = await admin.ask(licensing.issueLicense, {
    body: { product_id: product.id, plan_id: plan.id, max_activations: 60 },
  });
  for (const username of ['lin_mei', 'wang_lei', 'liu_yang', 'anna_berg', 'noah_klein'])
    await whenHeard(() =>
      admin.ask(licensing.createAssignment, {
        body: {
          member_id: idOf(username),
          license_id: licence.id,
          expires_days: 365,
          assignment_reason: '家庭套餐 · Family plan',
        },
      }),
    );
  await admin.ask(writeArticle, {
    params: { id: String(application_id) },
    body: {
      title: '3.2 的新内容 · What is new in 3.2',
      content: '夜间模式 · Night mode',
      status: 'published',
    },
  });
}

/** What members do themselves: activate, redeem, say what they think. */
async function fromMembers(anyone: Client, admin: Client, password: string): Promise<void> {
  const { items: applications } = await admin.ask(listApplications, {});
  const application = String(applications[0]?.id);
  for (const [username, item, says] of [
    ['lin_mei', 'TOTE', '夜间模式很好用，能再暗一点吗？'],
    ['liu_yang', 'CARD50', 'Sync between two tablets sometimes takes a minute.'],
    ['anna_berg', 'MUG', 'Could footnotes open in place?'],
    ['wang_lei', 'TOTE', undefined],
  ] as const) {
    const member = await loginAs(anyone, username, password);
    const [assignment] = (await whenHeard(() => member.ask(licensing.listMyLicenses, {}))).items;
    if (assignment)
      await member.ask(licensing.activateLicense, {
        params: { assignment_id: String(assignment.id) },
        body: { device_info: { device_id: `TABLET-${username}`, device_name: `${username}’s tablet` } },
      });
    await member.ask(points.redeemPoints, {
      body: {
        redemption_item_id: item,
        delivery_address: { name: username, phone: '13800138000', address: '港湾路 8 号 · 8 Harbour Road' },
      },
    });
    if (says !== undefined)
      await whenHeard(() =>
        member.ask(giveFeedback, { params: { id: application }, body: { content: says, rating: 4 } }),
      );
  }
  const { items } = await admin.ask(points.listRedemptions, {});
  const [first, second] = items;
  if (first)
    await admin.ask(points.shipRedemption, {
      params: { redemption_id: first.redemption_id },
      body: { tracking_code: 'SF1029384756' },
    });
  if (second) await admin.ask(points.completeRedemption, { params: { redemption_id: second.redemption_id } });
}
