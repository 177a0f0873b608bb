// npm run caller-ratio: what it costs to know who calls, by each kind of credential beside a token of the platform's own.
import { createApiKey } from '@membership/contracts/endpoints/gateway/api-keys';
import { createExternalIssuer } from '@membership/contracts/endpoints/gateway/external-issuers';
import { parseArgs } from './command-line.ts';
import { PASSWORD, startGateway, type GatewayKit } from '../services/gateway/test/gateway-kit.ts';
import { signed, startIssuer, type Issuer, type SigningKey } from '../services/gateway/test/issuer.ts';
import { startInfrastructure } from './stack/infrastructure.ts';

const HELP = `One request through the gateway by each kind of credential, and one login, asked one at a time, in turn.

  npm run caller-ratio                 a minute; CPU time of one request, the median of the rounds and the lowest
  npm run caller-ratio -- --rounds 20  rounds of each (8; two more before them are left out)

What counts is the difference to the first line: the process is client, gateway and a service that answers at once.
Starts its own MongoDB and RabbitMQ.
`;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '8' }, help: { type: 'boolean', default: false } },
});

const LEFT_OUT = 2;
const REQUESTS = 300;
const LOGINS = 20;
const FIRST_SEEN = 100;
const PROFILES = '/api/v1/points/profiles/';

type Way = {
  readonly name: string;
  readonly times: number;
  /** What is laid ready before the clock runs. */
  readonly prepare?: () => Promise<void>;
  readonly ask: (number: number) => Promise<Response>;
};

async function waysOf(gateway: GatewayKit, issuer: Issuer, key: SigningKey): Promise<Way[]> {
  const acme = await gateway.aTenant('acme');
  const { username } = await acme.aMember();
  const { api_key: apiKey } = await acme.admin.ask(createApiKey, {
    body: { name: 'Measured', scopes: ['points:read'] },
  });
  await acme.admin.ask(createExternalIssuer, {
    body: {
      name: 'Company login',
      issuer: issuer.name,
      audience: 'membership',
      jwks_uri: issuer.jwksUri,
      algorithms: ['RS256'],
      max_role: 'admin',
      create_members: true,
    },
  });
  let made = 0;
  const anExternalToken = () =>
    signed(key, {
      ...{ iss: issuer.name, aud: 'membership', sub: 'measured', jti: String(++made) },
      ...{ preferred_username: 'measured', email: 'measured@example.com' },
    });
  const external = await anExternalToken();
  let fresh: string[] = [];
  const by = (token: string) =>
    fetch(new URL(PROFILES, gateway.kit.url), { headers: { authorization: `Bearer ${token}` } });
  const logIn = () =>
    fetch(new URL('/api/v1/auth/login/', gateway.kit.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password: PASSWORD, tenant: 'acme' }),
    });
  return [
    { name: 'a platform token (HS256)', times: REQUESTS, ask: () => by(acme.adminToken) },
    { name: 'an API key', times: REQUESTS, ask: () => by(apiKey) },
    { name: 'a token of an external issuer (RS256), seen before', times: REQUESTS, ask: () => by(external) },
    {
      name: 'the same, seen for the first time',
      times: FIRST_SEEN,
      prepare: async () =>
        void (fresh = await Promise.all(Array.from({ length: FIRST_SEEN }, anExternalToken))),
      ask: (number) => by(fresh[number] as string),
    },
    { name: 'a login', times: LOGINS, ask: logIn },
  ];
}

/** CPU milliseconds of one request. */
async function round({ name, times, prepare, ask }: Way): Promise<number> {
  await prepare?.();
  const before = process.cpuUsage();
  for (let number = 0; number < times; number++) {
    const answer = await ask(number);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${text}`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / times;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function measure(ways: readonly Way[]): Promise<void> {
  const all = new Map(ways.map(({ name }) => [name, [] as number[]]));
  for (let number = 0; number < Number(values.rounds) + LEFT_OUT; number++)
    for (const way of ways) {
      const spent = await round(way);
      if (number >= LEFT_OUT) all.get(way.name)?.push(spent);
    }
  const [[, first = []] = []] = all;
  for (const [name, rounds] of all)
    console.log(
      `${name.padEnd(52)} ${median(rounds).toFixed(2).padStart(6)} ms of CPU, lowest ${Math.min(...rounds)
        .toFixed(2)
        .padStart(6)}, beside the first ${(median(rounds) - median(first)).toFixed(2).padStart(6)}`,
    );
}

async function main(): Promise<void> {
  const stores = await startInfrastructure({ log: console.log, inMemory: true });
  process.env['MONGODB_URI'] = stores.mongodbUri;
  process.env['AMQP_URL'] = stores.amqpUrl;
  const issuer = await startIssuer();
  try {
    const key = await issuer.aKey();
    await issuer.publish(key);
    const gateway = await startGateway({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' });
    try {
      await measure(await waysOf(gateway, issuer, key));
    } finally {
      await gateway.stop();
    }
  } finally {
    await issuer.close();
    await stores.stop();
  }
}

if (values.help) console.log(HELP);
else await main();
