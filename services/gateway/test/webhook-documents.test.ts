/** docs/webhooks.md shows receivers how to verify: here its code meets real messages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as webhooks from '@membership/contracts/endpoints/gateway/webhooks';
import { startGateway, type GatewayKit } from './gateway-kit.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

let gateway: GatewayKit;
let receiver: Receiver;
const folder = mkdtempSync(join(tmpdir(), 'webhook-documents-'));
const guide = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');

/** How each language runs the guide's code on a message that comes by standard input. */
const languages = {
  js: {
    command: process.execPath,
    file: 'verify.mjs',
    end: `const { body, headers, secret } = JSON.parse(await new Response(process.stdin).text());
try { console.log(JSON.stringify(verify(body, headers, secret))); } catch (error) { console.log('refused: ' + error.message); }`,
  },
  python: {
    command: 'python3',
    file: 'verify.py',
    end: `import sys
given = json.load(sys.stdin)
try:
    print(json.dumps(verify(given["body"], given["headers"], given["secret"])))
except ValueError as error:
    print("refused:", error)`,
  },
};
type Language = keyof typeof languages;
/** Not every machine has Python. */
const known = (Object.keys(languages) as Language[]).filter(
  (language) => spawnSync(languages[language].command, ['--version']).status === 0,
);

function verify(language: Language, message: { body: string; headers: unknown; secret: string }): string {
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1];
  const { command, file, end } = languages[language];
  writeFileSync(join(folder, file), `${code}\n${end}\n`);
  const { stdout, stderr } = spawnSync(command, [join(folder, file)], {
    input: JSON.stringify(message),
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
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
  expect(known).toContain('js');
  for (const { body, headers, json } of receiver.to('/hook'))
    for (const language of known) {
      for (const ours of [secret, made.secret])
        expect([language, JSON.parse(verify(language, { body, headers, secret: ours }))]).toEqual([
          language,
          json,
        ]);
      const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
      const old = { ...headers, 'webhook-timestamp': '1600000000' };
      const unknown = { ...headers, 'webhook-id': 'another' };
      for (const wrong of [
        { body, headers, secret: other },
        { body: body.replace('"data"', '"date"'), headers, secret },
        { body, headers: unknown, secret },
        { body, headers: old, secret },
      ])
        expect([language, verify(language, wrong)]).toEqual([language, expect.stringMatching(/^refused: /)]);
    }
});
