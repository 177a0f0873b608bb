import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMembershipClient } from './client.ts';
import { must } from './errors.ts';
import { items } from './items.ts';

type Answer = { status: number; body: unknown; headers?: Record<string, string> };
let server: Server;
let answer: (request: IncomingMessage) => Answer;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const key = request.headers['idempotency-key'];
    asked.push(
      `${request.method} ${request.url} ${request.headers.authorization ?? '-'} ${key ? 'keyed' : '-'}`,
    );
    const { status, body, headers } = answer(request);
    request.resume().on('end', () => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});
afterAll(() => server.close());
beforeEach(() => (asked.length = 0));
const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const pair = (name: string) => ({
  status: 200,
  body: { success: true, data: { access_token: name, refresh_token: `${name}-next`, expires_in: 3600 } },
});

test('a token that was refused is renewed once, and the write goes again under the same key', async () => {
  const keys = new Set<unknown>();
  answer = (request) => {
    if (request.url === '/api/v1/auth/login/') return pair('first');
    if (request.url === '/api/v1/auth/refresh/') return pair('second');
    keys.add(request.headers['idempotency-key']);
    return request.headers.authorization === 'Bearer second'
      ? { status: 200, body: { success: true } }
      : { status: 401, body: { success: false, error: { code: 'AUTH_002', message: 'ended', details: {} } } };
  };
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { username: 'bob', password: 'x' } });
  await must(api.POST('/api/v1/auth/logout/', { body: {} }));
  expect(asked.map((one) => one.split(' ')[1])).toEqual([
    '/api/v1/auth/login/',
    '/api/v1/auth/logout/',
    '/api/v1/auth/refresh/',
    '/api/v1/auth/logout/',
  ]);
  expect([keys.size, keys.has(undefined)]).toEqual([1, false]);
});
test('what asks to come again is sent again, so often and no more; what was refused is not', async () => {
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { token: 't' }, attempts: 3 });
  answer = () => ({ status: 503, body: {}, headers: { 'retry-after': '0' } });
  await expect(must(api.GET('/api/v1/auth/me/'))).rejects.toMatchObject({ status: 503 });
  expect(asked).toHaveLength(3);
  answer = () => ({ status: 409, body: {} });
  await expect(must(api.POST('/api/v1/auth/logout/', {}))).rejects.toMatchObject({ status: 409 });
  expect(asked).toHaveLength(4);
});
test('a platform behind a path is logged in to there, too', async () => {
  answer = ({ url }) =>
    url === '/membership/api/v1/auth/login/' ? pair('first') : { status: 200, body: {} };
  const credentials = { username: 'bob', password: 'x' };
  await must(
    createMembershipClient({ baseUrl: `${baseUrl()}/membership/`, credentials }).GET('/api/v1/auth/me/'),
  );
  expect(asked.map((one) => one.split(' ').slice(1, 4).join(' '))).toEqual([
    '/membership/api/v1/auth/login/ - -',
    '/membership/api/v1/auth/me/ Bearer first',
  ]);
});

/** What is asked for everything in a list, and what came of it, when its pages are these. */
async function walk(
  path:
    | '/api/v1/stats/events/'
    | '/api/v1/points/points-records/'
    | '/api/v1/member-system/points/transactions/',
  pages: readonly unknown[],
): Promise<{ found: unknown[]; queries: string[] }> {
  let at = 0;
  answer = () => ({ status: 200, body: pages[at++] });
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { token: 't' } });
  const found: unknown[] = [];
  for await (const one of items(api, path, { query: { page_size: 1 } as never })) found.push(one);
  return { found, queries: asked.map((one) => String(one.split(' ')[1]?.split('?')[1])) };
}
test('a list is walked page by page, by cursor where it gives one', async () => {
  const plain = [
    { count: 2, next: 'http://x/?page=2', results: [1] },
    { count: 2, next: null, results: [2] },
  ];
  expect(await walk('/api/v1/points/points-records/', plain)).toEqual({
    found: [1, 2],
    queries: ['page_size=1', 'page_size=1&page=2'],
  });
});
test('a list that knows no page numbers', async () => {
  const trail = [
    { results: [1], next_cursor: 'a' },
    { results: [2], next_cursor: null },
  ];
  expect(await walk('/api/v1/stats/events/', trail)).toEqual({
    found: [1, 2],
    queries: ['page_size=1', 'page_size=1&cursor=a'],
  });
});
test('a list by cursor ends where there is none, whatever its page number says', async () => {
  const page = (transactions: number[], more: object) => ({
    code: 200,
    data: { transactions, pagination: { page: 1, total_pages: 2 }, ...more },
  });
  const pages = [page([1], { next_cursor: 'a' }), page([2], {})];
  expect(await walk('/api/v1/member-system/points/transactions/', pages)).toEqual({
    found: [1, 2],
    queries: ['page_size=1', 'page_size=1&cursor=a'],
  });
});

test.each([
  [
    { success: false, error: { code: 'BIZ_001', message: 'no', details: { a: 1 } }, request_id: 'r' },
    { code: 'BIZ_001', message: 'no', details: { a: 1 }, requestId: 'r' },
  ],
  [
    { code: 400, message: 'no', data: { errors: [{ field: 'a', message: 'b' }] } },
    { code: undefined, message: 'no', details: { a: ['b'] } },
  ],
  [
    { success: false, code: 4004, message: 'no', data: null, error_code: 'BIZ_001' },
    { code: 'BIZ_001', message: 'no', details: {} },
  ],
])('a refusal of any shape is one error', async (body, expected) => {
  answer = () => ({ status: 400, body });
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { token: 't' } });
  await expect(must(api.GET('/api/v1/auth/me/'))).rejects.toMatchObject({ status: 400, ...expected });
});
