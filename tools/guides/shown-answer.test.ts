import { differences, filledIn, matchesText, parseShown, written } from './shown-answer.ts';

const shown = (text: string, actual: unknown) => differences(parseShown(text), actual);

test('what is shown as it came is the same; every other value, field and element is named', () => {
  expect(shown('{ "a": 1, "b": [true, null] }', { b: [true, null], a: 1 })).toEqual([]);
  expect(shown('{ "a": 1, "c": 2 }', { a: 2, b: 3 })).toEqual([
    'the answer.b is not shown: 3',
    'the answer.a is shown as 1, and was 2',
    'the answer.c is shown as 2, and was undefined',
  ]);
  expect(shown('[1]', [1, 2])).toEqual(['the answer has 2 elements, not 1']);
  expect(shown('{}', [])).toHaveLength(1);
});
test('a mark stands for any value, any text within one, any further fields and elements', () => {
  expect(shown('{ "id": …, "code": "PT…", … }', { id: null, code: 'PT17', more: [] })).toEqual([]);
  expect(shown('[{ "a": 1, … }, …]', [{ a: 1, b: 2 }, 'x'])).toEqual([]);
  expect(shown('[…]', [])).toEqual([]);
});
test('a mark is no leave to be absent, to differ before it, or to be of another kind', () => {
  expect(shown('{ "id": … }', {})).toEqual(['the answer.id is missing']);
  expect(shown('{ "code": "PT…" }', { code: 'RED1' })).toHaveLength(1);
  expect(shown('{ "code": "PT…" }', { code: 17 })).toHaveLength(1);
  expect(shown('[1, 2, …]', [1])).toHaveLength(1);
});
test('a mark inside a string is text of the string alone', () => {
  expect(parseShown('{ "a": "x … ? y", "b": "\\"…" }')).toEqual({ a: 'x … ? y', b: '"…' });
  expect(matchesText('a.c', 'abc')).toBe(false);
});
test('what is left to fill in is filled in, what differs from run to run as a mark', () => {
  const actual = { id: 7, name: 'x', at: '2026-01-01T00:00:00Z', more: { token: 'secret', n: 1 } };
  expect(written(filledIn(parseShown('?'), actual))).toBe(
    '{ "id": …, "name": "x", "at": …, "more": { "token": …, "n": 1 } }',
  );
  expect(written(filledIn(parseShown('{ "more": { "n": ? }, … }'), actual))).toBe(
    '{ "more": { "n": 1 }, … }',
  );
});
test('what is too long for a line is written on several', () => {
  const long = { a: 'x'.repeat(60), b: ['y'.repeat(60)] };
  expect(JSON.parse(written(long))).toEqual(long);
  expect(written(long).split('\n')).toHaveLength(4);
});
