/** docs/webhooks.md shows receivers how to verify, and examples/ has whole receivers: here their code meets real messages. */
import { spawn, spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
import { eventually } from '@membership/platform/testing/eventually';
import { startGateway, type GatewayKit } from './gateway-kit.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

let gateway: GatewayKit;
let receiver: Receiver;
const folder = mkdtempSync(join(tmpdir(), 'webhook-documents-'));
const guide = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');

/** How each language runs the guide's code on messages that come by standard input: a line of JSON for each. */
const languages = {
  js: {
    command: process.execPath,
    file: 'verify.mjs',
    end: `for (const { body, headers, secret } of JSON.parse(await new Response(process.stdin).text()))
  try { console.log(JSON.stringify(verify(body, headers, secret))); } catch { console.log('"refused"'); }`,
  },
  python: {
    command: 'python3',
    file: 'verify.py',
    end: `import sys
for given in json.load(sys.stdin):
    try:
        print(json.dumps(verify(given["body"], given["headers"], given["secret"])))
    except ValueError:
        print('"refused"')`,
  },
};
type Language = keyof typeof languages;
/** Not every machine has Python. */
const known = (Object.keys(languages) as Language[]).filter(
  (language) => spawnSync(languages[language].command, ['--version']).status === 0,
);

type Message = { readonly body: string; readonly headers: unknown; readonly secret: string };
/** What the guide's code makes of messages. */
function verify(language: Language, messages: readonly Message[]): unknown[] {
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1];
  const { command, file, end } = languages[language];
  writeFileSync(join(folder, file), `${code}\n${end}\n`);
  const input = JSON.stringify(messages);
  const { stdout, stderr } = spawnSync(command, [join(folder, file)], { input, encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

beforeAll(async () => {
  gateway = await startGateway({ WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' });
  receiver = await startReceiver();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway?.stop();
  await receiver?.close();
});

test('the code of the guide takes our messages, and no others', async () => {
  const { admin } = await gateway.aTenant('acme');
  const made = await admin.ask(webhooks.createWebhookEndpoint, {
    body: { url: receiver.url('/hook'), event_types: ['*'], description: '订单系统' },
  });
  const params = { id: String(made.id) };
  const { secret } = await admin.ask(webhooks.rotateWebhookEndpointSecret, { params, body: {} });
  await admin.ask(webhooks.pingWebhookEndpoint, { params, body: {} });
  await receiver.untilReceived('/hook', 2);
  const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
  const ours = receiver
    .to('/hook')
    .flatMap(({ body, headers }) => [secret, made.secret].map((one) => ({ body, headers, secret: one })));
  const wrong = ours.flatMap(({ body, headers, secret: right }) => [
    { body, headers, secret: other },
    { body: body.replace('"data"', '"date"'), headers, secret: right },
    { body, headers: { ...headers, 'webhook-id': 'another' }, secret: right },
    { body, headers: { ...headers, 'webhook-timestamp': '1600000000' }, secret: right },
  ]);
  const expected = [...ours.map(({ body }) => JSON.parse(body) as unknown), ...wrong.map(() => 'refused')];
  expect(known).toContain('js');
  for (const language of known)
    expect([language, verify(language, [...ours, ...wrong])]).toEqual([language, expected]);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Begins a request and goes away in the middle of its body. */
async function breakOff(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const begun = 'POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{';
  await new Promise<void>((sent, failed) => socket.write(begun, (error) => (error ? failed(error) : sent())));
  socket.destroy();
}

const examples = join(import.meta.dirname, '../../../examples');
/** Whole receivers; what a machine cannot run is told, Node's is everywhere. */
const all = [
  { program: 'webhook-receiver.ts', command: process.execPath, version: '--version' },
  { program: 'webhook_receiver.py', command: 'python3', version: '--version' },
  { program: 'WebhookReceiver.java', command: 'java', version: '--version' },
];
const receivers = all.filter(({ command, version }) => spawnSync(command, [version]).status === 0);
for (const { program, command } of all.filter((one) => !receivers.includes(one)))
  process.stdout.write(`     NOT TESTED examples/${program}: there is no ${command} here\n`);

test.each(receivers)(
  '$program takes each message once, whatever is repeated or made up',
  async ({ program, command }) => {
    const { admin } = await gateway.aTenant();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hook`;
    const made = await admin.ask(webhooks.createWebhookEndpoint, {
      body: { url, event_types: ['vip.granted.v1'] },
    });
    const params = { id: String(made.id) };
    const running = spawn(command, [join(examples, program), String(port)], {
      env: { ...process.env, SECRET: made.secret },
    });
    const printed: string[] = [];
    const told: string[] = [];
    createInterface({ input: running.stdout }).on('line', (line) => printed.push(line));
    running.stderr.on('data', (text: Buffer) => told.push(text.toString()));
    try {
      await eventually(() => expect([printed, told.join('')]).toEqual([['listening'], '']), {
        milliseconds: 120_000,
      });
      await admin.ask(webhooks.pingWebhookEndpoint, { params, body: {} });
      await eventually(() => expect(printed.slice(1)).toEqual(['webhook.ping']));

      await breakOff(port);
      const now = Math.floor(Date.now() / 1_000);
      const body = JSON.stringify({ type: 'points.earned.v1', subject: '', data: { reason: '订单' } });
      const send = async ({
        id = randomUUID(),
        at = now,
        text = body,
        secret = made.secret,
        more = '',
      } = {}) => {
        const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
        const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(at),
          'webhook-signature': `${more}v1,${signature}`,
        };
        return (await fetch(url, { method: 'POST', body: text, headers })).status;
      };
      const [id, other] = [randomUUID(), `whsec_${Buffer.alloc(32).toString('base64')}`];
      const statuses = [
        await send({ id }),
        await send({ id }),
        await send({ id, at: now - 10 }),
        // While a secret is replaced there are two signatures, and the other one may stand first.
        await send({ more: 'v1,AAAA ' }),
        await send({ at: now - 301 }),
        await send({ at: now + 400 }),
        await send({ text: body.replace('earned', 'spent') }),
        await send({ secret: other }),
        (await fetch(url, { method: 'POST', body })).status,
      ];
      expect(statuses).toEqual([204, 204, 204, 204, 400, 400, 400, 400, 400]);
      await eventually(() => expect(printed.slice(2)).toEqual(['points.earned.v1', 'points.earned.v1']));
    } finally {
      running.kill();
    }
  },
);
