import { deprecationHeaders, deprecationProblems, deprecationText } from './deprecation.ts';

test('the headers are those of RFC 9745 and RFC 8594', () => {
  expect(
    deprecationHeaders({ since: '2026-01-01', sunset: '2026-12-31', successor: '/api/v2/points/' }),
  ).toEqual([
    'deprecation',
    '@1767225600',
    'sunset',
    'Thu, 31 Dec 2026 00:00:00 GMT',
    'link',
    '</api/v2/points/>; rel="successor-version", </api/v1/docs/>; rel="deprecation"; type="text/html"',
  ]);
  expect(deprecationHeaders({ since: '2026-01-01' })).toEqual([
    'deprecation',
    '@1767225600',
    'link',
    '</api/v1/docs/>; rel="deprecation"; type="text/html"',
  ]);
});
test('the documents say from when, until when, and what takes its place', () => {
  const whole = { since: '2026-01-01', sunset: '2026-12-31', successor: '/api/v2/points/' } as const;
  expect(deprecationText(whole)).toEqual({
    zh: '自 2026-01-01 起弃用，2026-12-31 起停止服务；请改用 `/api/v2/points/`。',
    en: 'Deprecated since 2026-01-01, gone from 2026-12-31 on; use `/api/v2/points/`.',
  });
  expect(deprecationText({ since: '2026-01-01' })).toEqual({
    zh: '自 2026-01-01 起弃用。',
    en: 'Deprecated since 2026-01-01.',
  });
});
test('days are of the calendar, an end does not come first, and what takes the place is there', () => {
  const paths = ['/api/v1/points/rules/'];
  const successor = '/api/v1/points/rules/';
  expect(deprecationProblems({ since: '2026-01-01', sunset: '2026-01-01', successor }, paths)).toEqual([]);
  expect(deprecationProblems({ since: '2026-13-45', sunset: '2026-02-30' }, paths)).toEqual([
    '2026-13-45 is no day',
    '2026-02-30 is no day',
    'it ends on 2026-02-30, before 2026-13-45',
  ]);
  expect(
    deprecationProblems({ since: '2026-06-01', sunset: '2026-01-01', successor: '/api/v1/a/' }, paths),
  ).toEqual(['it ends on 2026-01-01, before 2026-06-01', '/api/v1/a/ is no endpoint']);
});
