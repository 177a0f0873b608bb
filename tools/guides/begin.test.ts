import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROJECT_DIR } from '../stack/folders.ts';
import { runProgram } from '../stack/run-program.ts';
import { missingPrograms } from './shell.ts';

/** Something at `/api/v1` that says it is a platform, and takes no password. */
let server: Server;
let url = '';
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const isHealth = request.url === '/api/v1/health/';
    response.writeHead(isHealth ? 200 : 404).end(isHealth ? '{"status":"ok","services":{}}' : '{}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** What docs/begin.sh says with this `api`, and where its reader is afterwards. */
async function begun(api: string) {
  const script = '. docs/begin.sh || pwd';
  const environment = { env: { ...process.env, api }, cwd: PROJECT_DIR, timeoutMs: 60_000 };
  const { stdout, stderr } = await runProgram('bash', ['-c', script], environment);
  return [stderr.trim().split('\n').at(-1), stdout.trim()];
}

const isPossible = (await missingPrograms()).length === 0;
(isPossible ? describe : describe.skip)('a guide does not begin', () => {
  test('where no platform answers, which is no matter of the password', async () => {
    for (const api of [url, `${url}/admin`, `${url}/api/v1/?x=1`, 'http://127.0.0.1:9/api/v1', 'nonsense'])
      expect(await begun(api)).toEqual([
        `No platform answers at ${api}: npm start, or name it in a line of its own before: api=http://…/api/v1`,
        PROJECT_DIR,
      ]);
  });
  test('with another password of root; a slash at the end of the address is none of it', async () => {
    asked.length = 0;
    expect(await begun(`${url}/api/v1/`)).toEqual([
      `No tenant was made at ${url}/api/v1: is root's password demo-pass-2026? Else set password`,
      PROJECT_DIR,
    ]);
    expect(asked).toContain('/api/v1/auth/login/');
  });
});
