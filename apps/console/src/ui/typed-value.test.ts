import { pairsOf, typedOf, valueOf, valuesOfPairs, wrongIn, wrongInPairs } from './typed-value.ts';

test.each([true, false, 0, -1.5, '', 'text', null, ['a', 'b'], [1, 2], [], [1, 'a'], { deep: { n: 1 } }])(
  'what stands already comes back as it was: %p',
  (value) => {
    const typed = typedOf(value);
    expect(wrongIn(typed)).toBeUndefined();
    expect(valueOf(typed)).toEqual(value);
  },
);

test('a number that looks like text stays a number, and text that looks like one stays text', () => {
  const values = { seven: 7, '7': '7', yes: true, true: 'true' };
  expect(valuesOfPairs(pairsOf(values))).toEqual(values);
});

test('a name is a name whatever it is called', () => {
  const read = valuesOfPairs([{ name: '__proto__', kind: 'number', value: 1 }]);
  expect(Object.entries(read)).toEqual([['__proto__', 1]]);
});

test.each([
  [{ kind: 'number', value: null }, 'This is needed'],
  [{ kind: 'number' }, 'This is needed'],
  [{ kind: 'texts', value: [] }, 'This is needed'],
  [{ kind: 'numbers', value: ['1', 'two'] }, 'This is not a number'],
  [{ kind: 'numbers', value: [' '] }, 'This is not a number'],
  [{ kind: 'json', value: '{' }, 'This is not JSON'],
  [{ kind: 'json' }, 'This is not JSON'],
] as const)('%p: %s', (typed, words) => {
  expect(wrongIn(typed)?.en).toBe(words);
});

test('a name is needed, once', () => {
  const one = { name: 'a', kind: 'switch', value: true } as const;
  expect(wrongInPairs([one])).toBeUndefined();
  expect(wrongInPairs([one, { ...one, name: ' ' }])?.en).toBe('A name is missing');
  expect(wrongInPairs([one, { ...one, name: 'a ' }])?.en).toBe('“a” is there twice');
  expect(wrongInPairs([one, { name: 'b', kind: 'number' }])?.en).toBe('b: This is needed');
});
