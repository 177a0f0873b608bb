import type { Change } from './changes.ts';
import { markdown } from './markdown.ts';

const many = ['a', 'b', 'c', 'd'];
const all = (kind: Change['kind'], what: string, place = ''): Change[] =>
  many.map((name) => ({ kind, where: `GET /${name}/${place}`, what }));

test('what is the same in many operations is told once, what is in few of each', () => {
  const changes = all('other', 'may refuse with X now');
  expect(markdown(changes)).toBe('## Other\n- 4 operations (`GET /a/` …): may refuse with X now');
  expect(markdown(changes.slice(2))).toBe(
    '## Other\n- `GET /c/`: may refuse with X now\n- `GET /d/`: may refuse with X now',
  );
  expect(markdown(all('breaking', 'is gone', ' query.page'))).toBe(
    '## Breaking\n- 4 operations (`GET /a/` …) query.page: is gone',
  );
});

test.each([
  ['breaking', 'is gone'],
  ['other', 'has ended, as announced'],
  ['deprecated', 'is deprecated and ends on 2027-01-31'],
] as const)('of many operations each is named: %s, %s', (kind, what) => {
  const text = markdown(all(kind, what));
  for (const name of many) expect(text).toContain(`- \`GET /${name}/\`: ${what}`);
});

test('events and fields of refusals are no operations: each is named', () => {
  const events = many.map(
    (name) => ({ kind: 'added', where: `EVENT ${name}.done.v1`, what: 'is new' }) as const,
  );
  const fields = many.map(
    (name) => ({ kind: 'breaking', where: `ANY refusal.${name}`, what: 'is gone' }) as const,
  );
  const text = markdown([...events, ...fields]);
  for (const name of many) {
    expect(text).toContain(`- \`EVENT ${name}.done.v1\`: is new`);
    expect(text).toContain(`- \`ANY refusal.${name}\`: is gone`);
  }
});

test('breaking comes first, and nothing is said to be nothing', () => {
  const text = markdown([...all('added', 'is new'), ...all('breaking', 'is gone')]);
  expect(text.match(/^## .*/gm)).toEqual(['## Breaking', '## Added']);
  expect(markdown([])).toBe('Nothing changed in the API.');
});
