/**
 * Loads the demo data (spec: fixed, so that docs, tests and the console can lean on it) through the gateway, as a client would.
 * Each step looks first, so that a load that was cut short goes on where it stopped. `node tools/demo-data.ts --help`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ClientError, createClient, type Client } from '@membership/contracts/client';
import { createApplication, listApplications } from '@membership/contracts/endpoints/applications/index';
import * as identity from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import {
  createActivity,
  createBenefit,
  createRedemptionItem,
  listRedemptionItems,
  pageActivities,
  pageBenefits,
  pageMemberLevels,
} from '@membership/contracts/endpoints/points/index';
import { defineTag, listTags } from '@membership/contracts/endpoints/vip/index';
import { parseArgs } from './command-line.ts';
import { runningGatewayUrl } from './stack/running-platform.ts';

export type DemoOptions = {
  readonly gatewayUrl: string;
  readonly superPassword: string;
  readonly demoPassword: string;
  readonly log: (line: string) => void;
};

const HEARD_MS = 30_000;
const TIMEZONE = 'Asia/Shanghai';
const tenants = [
  { code: 'acme', name: 'ACME Corp', admin: 'admin_acme', members: ['john_doe', 'jane_roe'] },
  { code: 'globex', name: 'Globex', admin: 'admin_globex', members: ['hank'] },
] as const;
const displayNames: Record<string, string> = {
  admin_acme: 'Alice Admin',
  john_doe: 'John Doe',
  jane_roe: 'Jane Roe',
  admin_globex: 'Gordon Admin',
  hank: 'Hank Scorpio',
};
export const DEMO_LICENSE_KEY = 'ABC-DEF-GHI';
export const DEMO_CLIENT = 'demo-internal';

/** Loads what is missing. `created` says whether anything was. Rejects when the gateway refuses a step. */
export async function loadDemoData({
  gatewayUrl,
  superPassword,
  demoPassword,
  log,
}: DemoOptions): Promise<{ created: boolean }> {
  let created = false;
  const made = (what: string) => {
    created = true;
    log(`  demo: ${what}`);
  };
  const client = createClient({ baseUrl: gatewayUrl });
  const root = await loginAs(client, 'root', superPassword);
  for (const tenant of tenants) {
    const { items } = await root.ask(identity.listTenants, { query: { code: tenant.code } });
    const tenantId =
      items[0]?.id ??
      (
        await root.ask(identity.createTenant, {
          body: { code: tenant.code, name: tenant.name, timezone: TIMEZONE, webhook_secret: demoPassword },
        })
      ).id;
    if (items.length === 0) made(`tenant ${tenant.code}`);
    const inside = createClient({
      baseUrl: gatewayUrl,
      token: await tokenOf(client, 'root', superPassword),
      headers: { 'x-tenant-id': String(tenantId) },
    });
    for (const username of [tenant.admin, ...tenant.members]) {
      if ((await inside.ask(identity.listMembers, { query: { username } })).count > 0) continue;
      const role = username === tenant.admin ? 'admin' : 'member';
      await inside.ask(identity.createMember, {
        body: {
          username,
          email: `${username}@${tenant.code}.example`,
          password: demoPassword,
          role,
          display_name: displayNames[username] ?? username,
        },
      });
      made(`${role} ${username}`);
    }
  }
  const admin = await loginAs(client, 'admin_acme', demoPassword);
  if (
    !(await admin.ask(identity.listClients, { query: { page_size: '100' } })).items.some(
      ({ client_id }) => client_id === DEMO_CLIENT,
    )
  ) {
    await admin.ask(identity.createClient, {
      body: { name: 'Demo order system', client_id: DEMO_CLIENT, client_secret: demoPassword },
    });
    made(`service client ${DEMO_CLIENT}`);
  }
  await loadMemberSystem(admin, made);
  await loadCatalogue(admin, made);
  return { created };
}

/** Asks until the service has heard of the thing that a field names: it was made a moment ago in another service. */
async function whenHeardOf<T>(field: string, ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + HEARD_MS; ; await pause(100)) {
    try {
      return await ask();
    } catch (error) {
      const isUnknown =
        error instanceof ClientError && error.answer.body.error?.details?.[field] !== undefined;
      if (!isUnknown || Date.now() > end) throw error;
    }
  }
}

/** What points can be redeemed for, what levels may use and join. The levels are there by themselves. */
async function loadMemberSystem(admin: Client, made: (what: string) => void): Promise<void> {
  const { items } = await admin.ask(listRedemptionItems, { query: { limit: '100' } });
  if (!items.some(({ redemption_item_id }) => redemption_item_id === 'GIFT001')) {
    await admin.ask(createRedemptionItem, {
      body: { redemption_item_id: 'GIFT001', item_name: '积分商城礼品', points_cost: 500, stock: 100_000 },
    });
    made('redemption item GIFT001');
  }
  const { items: levels } = await admin.ask(pageMemberLevels, {});
  const levelId = (code: string) => levels.find(({ level_code }) => level_code === code)?.level_id ?? null;
  const known = new Set((await admin.ask(pageBenefits, {})).items.map(({ benefit_id }) => benefit_id));
  for (const benefit of [
    {
      ...{ benefit_id: 'B001', benefit_name: '会员专享折扣', benefit_type: 'DISCOUNT' as const },
      ...{ description: '全场商品{discount}折优惠', required_level: levelId('BRONZE') },
    },
    {
      ...{ benefit_id: 'B002', benefit_name: '免运费', benefit_type: 'FREE_SHIPPING' as const, value: 1 },
      ...{ description: '全场免运费', required_level: levelId('SILVER') },
    },
    {
      ...{ benefit_id: 'B003', benefit_name: '生日礼品', benefit_type: 'BIRTHDAY_GIFT' as const, value: 1 },
      ...{ description: '生日月份专属礼品', required_level: levelId('BRONZE') },
      ...{ usage_limit: 1, limit_period: 'year' as const },
    },
  ]) {
    if (known.has(benefit.benefit_id)) continue;
    await admin.ask(createBenefit, { body: benefit });
    made(`benefit ${benefit.benefit_id}`);
  }
  if ((await admin.ask(pageActivities, {})).count > 0) return;
  await admin.ask(createActivity, {
    body: {
      title: '银牌会员双倍积分周',
      description: '银牌及以上会员购物享受双倍积分奖励',
      category: 'POINTS_PROMOTION',
      required_level: levelId('SILVER'),
      start_time: new Date().toISOString(),
      // Running for as long as somebody tries the demo.
      end_time: new Date(Date.now() + 365 * 86_400_000).toISOString(),
      max_participants: 1000,
      benefits: ['double_points'],
      next_action: '开始购物享受双倍积分奖励',
    },
  });
  made('activity 银牌会员双倍积分周');
}

async function loadCatalogue(admin: Client, made: (what: string) => void): Promise<void> {
  if ((await admin.ask(listTags, { query: { search: 'VIP_GOLD' } })).count === 0) {
    await admin.ask(defineTag, {
      body: {
        tag_name: 'VIP金牌',
        tag_code: 'VIP_GOLD',
        tag_type: 'vip',
        tag_color: '#FFD700',
        tag_icon: '👑',
        tag_description: '最高级别的VIP会员',
        tag_level: 10,
        permission_modifiers: {
          discount_rate_bonus: 0.1,
          priority_support: true,
          exclusive_content_access: true,
        },
        quota_modifiers: { download_multiplier: 2, api_calls_multiplier: 3 },
        price_config: { monthly_price: 99, yearly_price: 999, currency: 'CNY' },
        default_duration_days: 30,
        max_duration_days: 365,
        is_active: true,
        is_assignable: true,
        requires_payment: true,
      },
    });
    made('tag VIP_GOLD');
  }
  let application = (await admin.ask(listApplications, { query: { search: 'test-app' } })).items.find(
    ({ code }) => code === 'test-app',
  );
  if (!application) {
    await admin.ask(createApplication, {
      body: {
        name: '测试应用',
        code: 'test-app',
        description: '应用描述',
        current_version: '2.1.0',
        status: 'active',
        website: 'https://example.com',
        contact_email: 'contact@example.com',
        owner: '张三',
        team: '开发团队',
        tags: ['测试'],
      },
    });
    made('application test-app');
    application = (await admin.ask(listApplications, { query: { search: 'test-app' } })).items.find(
      ({ code }) => code === 'test-app',
    );
  }
  if (!application) throw new Error('The application test-app was made, but the list does not show it');
  if ((await admin.ask(licensing.listLicenses, { query: { license_key: DEMO_LICENSE_KEY } })).count > 0)
    return;
  const product =
    (await admin.ask(licensing.listProducts, { query: { search: 'SuperApp Pro' } })).items[0] ??
    (await whenHeardOf('application_id', () =>
      admin.ask(licensing.createProduct, {
        body: { name: 'SuperApp Pro', version: '2.1.0', application_id: application.id },
      }),
    ));
  const plan =
    (await admin.ask(licensing.listPlans, { query: { product_id: String(product.id) } })).items[0] ??
    (await admin.ask(licensing.createPlan, {
      body: {
        product_id: product.id,
        name: '专业版',
        features: { max_projects: 50, advanced_features: true, priority_support: true },
        default_limits: { max_activations: 10 },
      },
    }));
  await admin.ask(licensing.issueLicense, {
    body: { product_id: product.id, plan_id: plan.id, license_key: DEMO_LICENSE_KEY, max_activations: 10 },
  });
  made(`product SuperApp Pro, plan 专业版, licence ${DEMO_LICENSE_KEY}`);
}

export async function tokenOf(client: Client, username: string, password: string): Promise<string> {
  return (await client.ask(identity.login, { body: { username, password } })).access_token;
}

/** A client with the token of a user. Rejects when the password does not fit. */
export async function loginAs(client: Client, username: string, password: string): Promise<Client> {
  return client.as(await tokenOf(client, username, password));
}

const HELP = `Loads the demo data into a running platform: what is there already stays.

  node tools/demo-data.ts [--url http://localhost:8000]

Environment: DEMO_PASSWORD (demo-pass-2026), SUPER_PASSWORD (DEMO_PASSWORD): the password of root.
`;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: runningGatewayUrl(process.env) ?? 'http://localhost:8000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else {
    const demoPassword = process.env.DEMO_PASSWORD ?? 'demo-pass-2026';
    try {
      const { created } = await loadDemoData({
        gatewayUrl: values.url,
        demoPassword,
        superPassword: process.env.SUPER_PASSWORD ?? demoPassword,
        log: (line) => console.log(line),
      });
      console.log(created ? 'The demo data are loaded.' : 'The demo data were there already.');
    } catch (error) {
      console.error(`The demo data could not be loaded: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}
