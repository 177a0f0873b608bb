/** npm run demo: the platform's main job, told with the real requests and answers. */
import { createHmac } from 'node:crypto';
import { createClient, type Client } from '@membership/contracts/client';
import { login } from '@membership/contracts/endpoints/gateway/index';
import * as licensing from '@membership/contracts/endpoints/licenses/index';
import { getProfile, listPointsRecords, takeWebhook } from '@membership/contracts/endpoints/points/index';
import { getPointsSummary, getStatsOverview } from '@membership/contracts/endpoints/stats/index';
import { eventually } from '@membership/platform/testing/eventually';
import { parseArgs } from './command-line.ts';
import { DEMO_LICENSE_KEY } from './demo-data.ts';
import { runningGatewayUrl } from './stack/running-platform.ts';

const HELP = `Plays the platform's main story against a running platform (npm start), showing each request and its answer:
an administrator assigns a licence, the member activates it, and 100 points arrive; then a shop tells of an order.

  npm run demo [-- --url http://localhost:8000]

Without --url and GATEWAY_PORT: the platform that npm start runs here; it does not try another that may have the port.
Environment: GATEWAY_PORT, STACK_DIR (.local/stack), DEMO_PASSWORD (demo-pass-2026)
`;
const AWARD = 100;
let platformUrl = '';
const password = process.env.DEMO_PASSWORD ?? 'demo-pass-2026';

const say = (line: string) => console.log(`\n${line}`);
const indented = (value: unknown) => JSON.stringify(value, hideSecrets, 2).split('\n').join('\n  ');

function hideSecrets(key: string, value: unknown): unknown {
  if (key === 'password') return '…';
  return key.endsWith('_token') && typeof value === 'string' ? `${value.slice(0, 16)}…` : value;
}

/** Sends a request and prints it with its answer. */
const shown: typeof fetch = async (input, init) => {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const body =
    typeof init?.body === 'string' ? `\n  ${JSON.stringify(JSON.parse(init.body), hideSecrets)}` : '';
  console.log(`\n  ${init?.method} ${pathname}${search}${body}`);
  const answer = await fetch(input, init);
  const text = await answer.clone().text();
  console.log(`  → ${answer.status} ${text === '' ? '' : indented(JSON.parse(text))}`);
  return answer;
};

/** Somebody who is logged in: `show` prints what it asks, `quietly` does not. */
type Person = { readonly id: number; readonly show: Client; readonly quietly: Client };

async function logIn(username: string): Promise<Person> {
  const show = createClient({ baseUrl: platformUrl, fetch: shown });
  const quietly = createClient({ baseUrl: platformUrl });
  const { access_token, user } = await show.ask(login, { body: { username, password } });
  return { id: user.id, show: show.as(access_token), quietly: quietly.as(access_token) };
}

/** The demo licence's id, free of what an earlier run left to John. */
async function freeDemoLicence(admin: Person, john: Person): Promise<number> {
  const { items } = await admin.quietly.ask(licensing.listLicenses, {
    query: { license_key: DEMO_LICENSE_KEY },
  });
  const [licence] = items;
  if (!licence)
    throw new Error(
      `There is no licence ${DEMO_LICENSE_KEY}: start the platform with its demo data (npm start)`,
    );
  const held = await admin.quietly.ask(licensing.listAssignments, {
    query: { member_id: john.id, license_id: licence.id },
  });
  for (const { id, status } of held.items) {
    if (!['assigned', 'active', 'suspended'].includes(status)) continue;
    console.log('  John holds it already from an earlier run; that assignment is revoked first.');
    await admin.quietly.ask(licensing.revokeAssignment, {
      params: { id: String(id) },
      body: { reason: '演示重新开始' },
    });
  }
  return licence.id;
}

/** Told twice, as a shop does that missed the answer: it is done once. */
async function tellOfOrder(userId: number): Promise<void> {
  const body = JSON.stringify({
    event_type: 'ORDER_COMPLETED',
    event_data: { user_id: userId, order_id: `DEMO-${Date.now()}`, order_amount: 299.99 },
    timestamp: new Date().toISOString(),
  });
  const signature = createHmac('sha256', password).update(body).digest('hex');
  const headers = { 'x-tenant-id': 'acme', 'x-webhook-signature': signature };
  const shop = (fetching: typeof fetch) =>
    createClient({ baseUrl: platformUrl, fetch: fetching, headers }).send(
      takeWebhook.method,
      takeWebhook.path,
      {
        raw: body,
      },
    );
  const first = await shop(shown);
  if (first.status !== 200) throw new Error(`The webhook was answered with ${first.status}`);
  const again = await shop(fetch);
  if (JSON.stringify(again.body.data) !== JSON.stringify(first.body.data))
    throw new Error('The webhook was told again and answered otherwise');
  console.log('  Told again, it is answered the same, and nothing is given twice.');
}

async function story(): Promise<void> {
  say('1. The administrator of ACME logs in.');
  const admin = await logIn('admin_acme');
  say('2. John logs in, and looks at his points.');
  const john = await logIn('john_doe');
  const pointsOfJohn = async () =>
    (await john.quietly.ask(getProfile, { params: { id: String(john.id) } })).total_points;
  const before = await pointsOfJohn();
  console.log(`  John has ${before} points.`);

  say('3. The administrator finds the demo licence, and assigns it to John.');
  const licenceId = await freeDemoLicence(admin, john);
  const { assignment_id } = await admin.show.ask(licensing.createAssignment, {
    body: {
      member_id: john.id,
      license_id: licenceId,
      assignment_type: 'direct',
      expires_days: 365,
      assignment_reason: '演示',
    },
  });

  say('4. John activates it on his workstation.');
  await john.show.ask(licensing.activateLicense, {
    params: { assignment_id: String(assignment_id) },
    body: { device_info: { device_id: 'DESKTOP-XYZ789', device_name: "John's Workstation" } },
  });

  say('5. Points hears of it and awards 100 points.');
  const activated = Date.now();
  await eventually(async () => {
    const now = await pointsOfJohn();
    if (now !== before + AWARD) throw new Error(`Waited in vain for the award: John has ${now} points`);
  });
  console.log(
    `  John has ${before + AWARD} points (seen ${Date.now() - activated} ms after the activation's answer). The record names the assignment:`,
  );
  const [record] = (await john.show.ask(listPointsRecords, { query: { category: 'license', page_size: 1 } }))
    .items;
  if (record?.source_id !== assignment_id) throw new Error('The newest record does not name the assignment');

  say('6. The shop of ACME tells of an order that John paid, signed with the webhook secret of ACME.');
  await tellOfOrder(john.id);

  say('7. The statistics have counted all of it.');
  await eventually(async () => {
    const { earned } = await admin.quietly.ask(getPointsSummary, {});
    if (earned < before + AWARD)
      throw new Error(`Waited in vain for the statistics: ${earned} points earned`);
  });
  await admin.show.ask(getStatsOverview, {});
  console.log(`\nThat was the whole story. Look further: ${platformUrl}/api/v1/docs/`);
}

/** The gateway that was named, or the one that npm start runs here. */
function urlFrom(url: string | undefined): string {
  const found = url ?? runningGatewayUrl(process.env);
  if (found) return found;
  throw new Error('no platform of this project runs. Start it first (npm start), or name one with --url');
}

try {
  const { values } = parseArgs({
    options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) process.stdout.write(HELP);
  else {
    platformUrl = urlFrom(values.url);
    await story();
  }
} catch (error) {
  const { message } = error as Error;
  const reason =
    message === 'fetch failed'
      ? `nothing answers at ${platformUrl}. Start the platform first: npm start`
      : message;
  console.error(`\nThe demo stopped: ${reason}`);
  process.exitCode = 1;
}
