/** docs/webhooks.md shows receivers how to verify: here its code meets real messages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as webhooks from '@membership/contracts/endpoints/gateway/index';
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
