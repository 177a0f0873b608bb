import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followGuide } from './follow-guide.ts';
import { missingPrograms } from './shell.ts';

let server: Server;
let api = '';
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    response.writeHead(url === '/nowhere/' ? 404 : 200).end('{"a":{"b":1}}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const block = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n`;
/** What is found in a guide of these commands that shows this answer; nothing where it is as it says. */
async function found(commands: string, info = 'json', answer = '{ "a": … }'): Promise<string> {
  const begin = block('bash', 'curl() { command curl -s "$@"; }\nfield() { grep -q "\\"$1\\"" && echo 1; }');
  const { problems } = await followGuide(begin + block('bash', commands) + block(info, answer), {
    variables: { api },
    patienceMs: 0,
  });
  return problems.map((problem) => problem.split(/[:\n]/)[1]?.trim()).join();
}

const isPossible = (await missingPrograms()).length === 0;
(isPossible ? describe : describe.skip)('of all requests and commands of a block', () => {
  test('those that do as it says', async () => {
    expect(await found('curl $api/a/ >a\ncurl $api/a/ | tee b')).toBe('');
    expect(await found('curl $api/a/ >a\ncurl $api/nowhere/', 'json 404')).toBe('');
    expect(await found('if false; then x; fi\nfalse || curl $api/a/')).toBe('');
  });
  test('one that is refused before one that is not', async () => {
    expect(await found('curl $api/nowhere/ >a\ncurl $api/a/')).toBe('HTTP status 404, 200');
    expect(await found('x=$(curl $api/nowhere/)\ncurl $api/nowhere/', 'json 404')).toBe(
      'HTTP status 404, 404',
    );
  });
  test('one that fails before one that does not, also in a pipe', async () => {
    expect(await found('false\ncurl $api/a/')).toBe('exit code 1');
    expect(await found('x=$(curl $api/a/ | field nothing)\ncurl $api/a/')).toBe('exit code 1');
    expect(await found('curl http://127.0.0.1:9/ | cat >a\ncurl $api/a/')).toBe('exit code 7');
  });
  test('another answer', async () => {
    expect(await found('curl $api/a/', 'json', '{ "a": 2 }')).toMatch(/^the answer.a is shown as 2/);
  });
});
