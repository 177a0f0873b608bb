import { cookieFor, isFromOwnPage, tokenInCookie } from './browser-cookie.ts';

const plain = { publicUrl: 'http://localhost:8000', refreshTokenDays: 30 };
const safe = { publicUrl: 'https://api.example.com/', refreshTokenDays: 30 };

test('over HTTPS the cookie belongs to this host alone; it lasts as long as the token, and an empty one goes', () => {
  expect(cookieFor('a.1.b', safe)).toBe(
    '__Host-membership_session=a.1.b; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure',
  );
  expect(cookieFor('a.1.b', plain)).toBe(
    'membership_session=a.1.b; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict',
  );
  expect(cookieFor('', plain)).toContain('=; Path=/; Max-Age=0;');
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['membership_session=', undefined],
  ['other=1; membership_session=a.1.b', 'a.1.b'],
  ['membership_session=a.1.b; other=2', 'a.1.b'],
  ['xmembership_session=a.1.b', undefined],
  ['__Host-membership_session=a.1.b', undefined],
])('cookies %j name the token %j', (header, token) => {
  expect(tokenInCookie(header, plain)).toBe(token);
});

const asked = { 'x-requested-with': 'console' };
test.each([
  ['without a header of ours', { 'sec-fetch-site': 'same-origin', origin: safe.publicUrl }, false],
  ['the browser says that it is ours', { ...asked, 'sec-fetch-site': 'same-origin' }, true],
  ['another host of the same domain', { ...asked, 'sec-fetch-site': 'same-site' }, false],
  ['another site', { ...asked, 'sec-fetch-site': 'cross-site', origin: 'https://api.example.com' }, false],
  ['typed into the address bar', { ...asked, 'sec-fetch-site': 'none' }, false],
  ['an older browser, from here', { ...asked, origin: 'https://api.example.com' }, true],
  [
    'an older browser, under another name of ours',
    { ...asked, origin: 'http://10.0.0.7:8000', host: '10.0.0.7:8000' },
    true,
  ],
  [
    'an older browser, from elsewhere',
    { ...asked, origin: 'https://evil.example', host: 'api.example.com' },
    false,
  ],
  ['an origin that is hidden', { ...asked, origin: 'null', host: 'api.example.com' }, false],
  ['no browser at all', { ...asked, host: 'api.example.com' }, false],
])('%s', (_name, headers, isOurs) => {
  expect(isFromOwnPage(headers, safe)).toBe(isOurs);
});
