import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMembershipClient } from './client.ts';
import { must } from './errors.ts';
import { items, type ItemOf, type ListPath } from './items.ts';

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
test('a code or a signature that is wrong is shown once: it is not the token that was refused', async () => {
  const error = { code: 'AUTH_001', message: 'The code is wrong', details: {} };
  answer = ({ url }) =>
    url === '/api/v1/auth/login/' ? pair('first') : { status: 401, body: { success: false, error } };
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { username: 'bob', password: 'x' } });
  const call = api.POST('/api/v1/auth/second-factor/confirm/', { body: { code: '000000' } });
  await expect(must(call)).rejects.toMatchObject({ status: 401, code: 'AUTH_001' });
  expect(asked.map((one) => one.split(' ')[1])).toEqual([
    '/api/v1/auth/login/',
    '/api/v1/auth/second-factor/confirm/',
  ]);
});
test('a session that is over is begun anew; where nobody can say whether it is, it is kept', async () => {
  let renewal = 503;
  answer = ({ url }) => {
    if (url === '/api/v1/auth/login/') return pair('first');
    if (url === '/api/v1/auth/refresh/') return { status: renewal, body: {} };
    return { status: 401, body: {} };
  };
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { username: 'bob', password: 'x' } });
  const logins = () => asked.filter((one) => one.includes('/login/')).length;
  await expect(api.GET('/api/v1/auth/me/')).rejects.toMatchObject({ status: 503 });
  expect(logins()).toBe(1);
  renewal = 401;
  await expect(must(api.GET('/api/v1/auth/me/'))).rejects.toMatchObject({ status: 401 });
  expect(logins()).toBe(2);
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
test('a request that is given up while it waits to go again ends at once', async () => {
  const giving = new AbortController();
  answer = () => {
    giving.abort(new Error('enough'));
    return { status: 503, body: {}, headers: { 'retry-after': '25' } };
  };
  let told = () => undefined as void;
  const api = createMembershipClient({
    baseUrl: baseUrl(),
    credentials: { token: 't' },
    fetch: (request) => fetch(request).finally(() => setTimeout(told)),
  });
  await expect(api.GET('/api/v1/auth/me/', { signal: giving.signal })).rejects.toThrow('enough');
  answer = () => ({ status: 503, body: {}, headers: { 'retry-after': '25' } });
  const later = new AbortController();
  told = () => later.abort(new Error('no more'));
  const call = api.GET('/api/v1/auth/me/', { signal: later.signal });
  await expect(call).rejects.toThrow('no more');
  expect(asked).toHaveLength(2);
}, 20_000);
test('without an address it says what is missing, before anything is asked', () => {
  for (const options of [undefined, {}, { baseUrl: null }, { baseUrl: new URL('http://localhost') }])
    expect(() => createMembershipClient(options as never)).toThrow(
      /needs baseUrl: .+ "http:\/\/localhost:8000"/,
    );
});
test('what its READMEs link to is in the package, or on the web', () => {
  const linksIn = (name: string) =>
    [...readFileSync(new URL(`../${name}`, import.meta.url), 'utf8').matchAll(/\]\((?!https:)([^)#]+)/g)].map(
      ([, path]) => path,
    );
  expect([linksIn('README.md'), linksIn('README.zh.md')]).toEqual([['README.zh.md'], ['README.md']]);
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

test('a login that is refused is told in the language that was asked for', async () => {
  answer = (request) => ({
    status: 401,
    body: { success: false, error: { code: 'AUTH_001', message: request.headers['accept-language'] } },
  });
  const credentials = { username: 'bob', password: 'x' };
  const told = (language?: 'zh') =>
    must(
      createMembershipClient({ baseUrl: baseUrl(), credentials, ...(language && { language }) }).GET(
        '/api/v1/auth/me/',
      ),
    );
  await expect(told('zh')).rejects.toMatchObject({ message: 'zh' });
  await expect(told()).rejects.toMatchObject({ message: 'en' });
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

type Described = Readonly<Record<string, unknown>>;
/** Each path of the document that gives pages, its parameters, and the page that it shows. */
function pagedPaths(): { path: ListPath; names: string[]; example: Described }[] {
  const document = JSON.parse(
    readFileSync(new URL('../../contracts/generated/openapi.json', import.meta.url), 'utf8'),
  );
  const named = (one: { $ref?: string; name: string }) =>
    one.$ref ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''].name : one.name;
  return Object.entries<Described>(document.paths).flatMap(([path, { get }]) => {
    const { parameters = [], responses } = (get ?? {}) as { parameters?: never[]; responses?: never };
    const names = parameters.map(named);
    const example = responses?.['200']?.['content']?.['application/json']?.['example'];
    return example !== undefined && (names.includes('page') || names.includes('cursor'))
      ? [{ path: path as ListPath, names, example: example as unknown as Described }]
      : [];
  });
}
/** A page with its list, wherever that stands, empty, and what was in it. */
function emptied(page: Described): { items: unknown[]; rest: Described } {
  const items: unknown[] = [];
  const take = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) {
      items.push(...value);
      return [];
    }
    if (value === null || typeof value !== 'object' || depth > 1) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, take(inner, depth + 1)]));
  };
  return { rest: take(page, 0) as Described, items };
}
const paged = pagedPaths();
test('there are lists', () => expect(paged.length).toBeGreaterThan(40));
test.each(paged)('everything in $path is what its pages hold, asked for as it may be', async (one) => {
  const { items: whole, rest } = emptied(one.example);
  expect(whole.length).toBeGreaterThan(0);
  let pages = 0;
  answer = () => ({ status: 200, body: pages++ === 0 ? one.example : rest });
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { token: 't' } });
  const found: unknown[] = [];
  const params = { path: { id: 1 } } as never;
  for await (const item of items(api, one.path, params)) found.push(item);
  expect(found).toEqual(whole);
  for (const line of asked) {
    const [, query = ''] = String(line.split(' ')[1]).split('?');
    expect(one.names).toEqual(expect.arrayContaining([...new URLSearchParams(query).keys()]));
  }
});
test('what is in a list has its type, and what gives no pages is none', () => {
  type Fields = Pick<ItemOf<'/api/v1/applications/{id}/articles/'>, 'title'> &
    Pick<ItemOf<'/api/v1/reports/license-usage/'>, 'assignments'> &
    Pick<ItemOf<'/api/v1/points/profiles/{id}/statement/'>, 'record_id'>;
  const fields: { title: string; assignments: number; record_id: number } = {} as Fields;
  // @ts-expect-error A batch is answered whole.
  const batch: ListPath = '/api/v1/license-assignments/batches/{id}/';
  // @ts-expect-error An export is a file.
  const file: ListPath = '/api/v1/stats/export/';
  expect([fields, batch, file]).toHaveLength(3);
});
test('a list that says nothing of its pages goes on until one is empty', async () => {
  let pages = 0;
  answer = () => ({ status: 200, body: { success: true, data: pages++ < 2 ? [pages] : [] } });
  const api = createMembershipClient({ baseUrl: baseUrl(), credentials: { token: 't' } });
  const found: unknown[] = [];
  for await (const one of items(api, '/api/v1/applications/{id}/articles/', { path: { id: 1 } }))
    found.push(one);
  expect([found, asked.map((one) => one.split(' ')[1]?.split('?')[1])]).toEqual([
    [1, 2],
    [undefined, 'page=2', 'page=3'],
  ]);
});

test.each([
  [
    { success: false, error: { code: 'BIZ_001', message: 'no', details: { a: 1 } }, request_id: 'r' },
    { code: 'BIZ_001', message: 'no', details: { a: 1 }, requestId: 'r' },
  ],
  [
    {
      code: 400,
      message: 'no',
      data: { errors: [{ field: 'a', message: 'b' }] },
      error_code: 'VALIDATION_ERROR',
    },
    { code: 'VALIDATION_ERROR', message: 'no', details: { a: ['b'] } },
  ],
  [
    { code: 409, message: 'conflict', data: { available: 0 }, error_code: 'OUT_OF_STOCK' },
    { code: 'OUT_OF_STOCK', message: 'conflict', details: { available: 0 } },
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
