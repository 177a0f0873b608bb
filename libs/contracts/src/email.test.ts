import { emailAddress, emailSpelling } from './email.ts';

const read = (text: string) => emailAddress.safeParse(text).data;

test('an address at an internationalised domain has one spelling, typed as text or as punycode, composed or not', () => {
  const spellings = [
    'info@bücher.example',
    'info@bücher.example'.normalize('NFD'),
    'info@BÜCHER.example',
    'info@xn--bcher-kva.example',
    'info@XN--Bcher-KVA.example',
  ];
  expect(new Set(spellings.map(read))).toEqual(new Set(['info@xn--bcher-kva.example']));
  expect(read('почта@пример.рф')).toBe('почта@xn--e1afmkfd.xn--p1ai');
  expect(read('a@例え。テスト')).toBe('a@xn--r8jz45g.xn--zckzah');
  expect(read('é@example.com'.normalize('NFD'))).toBe('é@example.com');
});

test.each(['john.doe+x@example.com', "o'neil@mail.example.co", 'A_b-c@EXAMPLE.com', '1@2.example'])(
  '%s stays as it is',
  (text) => expect(read(text)).toBe(text),
);

test.each([
  ['no'],
  ['@example.com'],
  ['a@'],
  ['a@b'],
  ['.a@example.com'],
  ['a..b@example.com'],
  ['a.@example.com'],
  ['a b@example.com'],
  ['a@exa mple.com'],
  ['a@bücher.example:80'],
  ['a@bücher.example/x'],
  ['a@büch%41er.example'],
  ['a@xn--a.example'],
  ['a@bücher..example'],
  ['a@1.2.3.4'],
  ['a@[::1]'],
  ['a@é.1'],
  ['a@b@bücher.example'],
  ['a\u0000@example.com'],
  [`${'é'.repeat(250)}@example.com`],
])('%j is no address', (text) => expect(emailAddress.safeParse(text).success).toBe(false));

test('a spelling is its own spelling', () => {
  for (const text of ['info@bücher.example', 'ﬁ@Ⅷ.example', 'no', '@', 'a@b@ü.example'])
    expect(emailSpelling(emailSpelling(text))).toBe(emailSpelling(text));
});
