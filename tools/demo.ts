/** npm run demo: the platform's main job, told with the real requests and answers. */
import { parseArgs } from 'node:util';
import { DEMO_LICENSE_KEY } from './demo-data.ts';

const HELP = `Plays the platform's main story against a running platform (npm start), showing each request and its answer:
an administrator assigns a licence, the member activates it, and 100 points arrive.

  npm run demo [-- --url http://localhost:8000]

Environment: GATEWAY_PORT (8000), DEMO_PASSWORD (demo-pass-2026)
`;
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: `http://localhost:${process.env.GATEWAY_PORT ?? 8000}` },
    help: { type: 'boolean', default: false },
  },
});
const password = process.env.DEMO_PASSWORD ?? 'demo-pass-2026';

// biome-ignore lint/suspicious/noExplicitAny: shown as it came; the story picks a few fields.
type Json = any;
type Shown = { token?: string; body?: unknown; quiet?: boolean };

function shorten(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) =>
    /_token$/.test(key) && typeof inner === 'string' ? `${inner.slice(0, 16)}…` : inner,
  );
}

/** Sends one request and shows it with its answer. Throws on a refusal. */
async function request(method: string, path: string, { token, body, quiet }: Shown = {}): Promise<Json> {
  const response = await fetch(new URL(path, values.url), {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  if (!quiet || !response.ok) {
    console.log(
      `\n  ${method} ${path}${body ? `\n  ${JSON.stringify(body, (key, value) => (key === 'password' ? '…' : value))}` : ''}`,
    );
    console.log(
      `  → ${response.status} ${JSON.stringify(shorten(answer), null, 2).split('\n').join('\n  ')}`,
    );
  }
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
  return answer;
}

const say = (line: string) => console.log(`\n${line}`);
const login = async (username: string): Promise<{ token: string; id: number }> => {
  const { data } = await request('POST', '/api/v1/auth/login/', { body: { username, password } });
  return { token: data.access_token, id: data.user.id };
};

/** Asks until the answer fits, ten seconds at most. */
async function until<T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const answer = await ask();
    if (fits(answer)) return answer;
  }
  throw new Error(`Waited 10 s in vain for ${what}`);
}

async function story(): Promise<void> {
  say('1. The administrator of ACME logs in.');
  const admin = await login('admin_acme');
  say('2. John logs in, and looks at his points.');
  const john = await login('john_doe');
  const before = (
    await request('GET', `/api/v1/points/profiles/${john.id}/`, { token: john.token, quiet: true })
  ).total_points;
  console.log(`  John has ${before} points.`);

  say('3. The administrator finds the demo licence, and assigns it to John.');
  const found = await request('GET', `/api/v1/licenses/?license_key=${DEMO_LICENSE_KEY}`, {
    token: admin.token,
    quiet: true,
  });
  const licence = found.data.results[0];
  if (!licence)
    throw new Error(
      `There is no licence ${DEMO_LICENSE_KEY}: start the platform with its demo data (npm start)`,
    );
  const held = await request(
    'GET',
    `/api/v1/license-assignments/?member_id=${john.id}&license_id=${licence.id}`,
    { token: admin.token, quiet: true },
  );
  for (const open of held.data.results.filter(({ status }: Json) =>
    ['assigned', 'active', 'suspended'].includes(status),
  )) {
    console.log('  John holds it already from an earlier run; that assignment is revoked first.');
    await request('POST', `/api/v1/license-assignments/${open.id}/revoke/`, {
      token: admin.token,
      body: { reason: '演示重新开始' },
      quiet: true,
    });
  }
  const { data: assigned } = await request('POST', '/api/v1/license-assignments/', {
    token: admin.token,
    body: {
      member_id: john.id,
      license_id: licence.id,
      assignment_type: 'direct',
      expires_days: 365,
      assignment_reason: '演示',
    },
  });

  say('4. John activates it on his workstation.');
  await request('POST', `/api/v1/user/licenses/${assigned.assignment_id}/activate/`, {
    token: john.token,
    body: { device_info: { device_id: 'DESKTOP-XYZ789', device_name: "John's Workstation" } },
  });

  say('5. Points hears of it and awards 100 points.');
  const started = Date.now();
  await until(
    'the award',
    () => request('GET', `/api/v1/points/profiles/${john.id}/`, { token: john.token, quiet: true }),
    (profile) => profile.total_points === before + 100,
  );
  console.log(
    `  John has ${before + 100} points (seen ${Date.now() - started} ms after the activation's answer). The record names the assignment:`,
  );
  const records = await request('GET', `/api/v1/points/points-records/?category=license&page_size=1`, {
    token: john.token,
  });
  if (records.results[0].source_id !== assigned.assignment_id)
    throw new Error('The newest record does not name the assignment');

  say('6. The statistics have counted both.');
  await until(
    'the statistics',
    () => request('GET', '/api/v1/stats/points/summary/', { token: admin.token, quiet: true }),
    (summary) => summary.earned >= before + 100,
  );
  await request('GET', '/api/v1/stats/overview/', { token: admin.token });
  console.log(`\nThat was the whole story. Look further: ${values.url}/api/v1/docs/`);
}

if (values.help) process.stdout.write(HELP);
else
  try {
    await story();
  } catch (error) {
    const isDown = /fetch failed/.test((error as Error).message);
    console.error(
      `\nThe demo stopped: ${isDown ? `nothing answers at ${values.url}. Start the platform first: npm start` : (error as Error).message}`,
    );
    process.exitCode = 1;
  }
