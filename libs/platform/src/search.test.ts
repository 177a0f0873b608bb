import { runInNewContext } from 'node:vm';
import { literally } from './search.ts';

const finds = (typed: string, stored: string) => literally(typed).test(stored);

test.each([
  ['abc', 'xABCx'],
  ['ＡＢＣ', 'abc'],
  ['abc', 'ｘＡｂＣ'],
  ['José', 'Jose\u0301'],
  ['Jose\u0301', 'José'],
  ['Jose\u0301', 'Jose\u0301'],
  ['张 三', '张\u3000三'],
  ['100%', '100％ off'],
  ['（甲）', '(甲)'],
  ['①', '第①号'],
  ['①', '1'],
  ['straße', 'STRASSE'],
  ['Strasse', 'STRAẞE'],
  ['ＳＳ', 'ß'],
  ['massstab', 'MAẞSTAB'],
  ['sss', 'sß'],
  ['asssb', 'asßb'],
  ['asssb', 'aßsb'],
  ['asssssb', 'asßßb'],
  ['ssse', 'Großsse'],
  ['Stras', 'Straße'],
  ['sen', 'Großen'],
  ['Σωκράτησ', 'ΣΩΚΡΆΤΗΣ'],
  ['ΣΩΚΡΆΤΗΣ', 'Σωκράτης'],
  ['각', '각'.normalize('NFD')],
  ['😀', 'a😀b'],
])('%j finds %j', (typed, stored) => expect(finds(typed, stored)).toBe(true));

test.each([
  ['.*', 'abc'],
  ['a|b', 'a'],
  ['[a-z]', 'b'],
  ['(', 'a'],
  ['\\d', '1'],
  ['e', '\u0301'],
  ['s', 'ß'],
  ['mast', 'Maßt'],
  ['asssb', 'aßb'],
  ['masssse', 'Maße'],
])('%j is no pattern: it does not find %j', (typed, stored) => expect(finds(typed, stored)).toBe(false));

test('no text makes a look through another long: what twice as many ways would make of it never ends', () => {
  const pattern = literally(`${'asss'.repeat(40)}b`);
  const text = `${'asss'.repeat(40)}c`;
  expect(runInNewContext('pattern.test(text)', { pattern, text }, { timeout: 20_000 })).toBe(false);
});

test('every sign that means something in a pattern stands for itself', () => {
  for (let code = 32; code < 127; code++) {
    const sign = String.fromCharCode(code);
    expect(finds(sign, `x${sign}`)).toBe(true);
    expect(literally(`a${sign}b`).test('ab')).toBe(false);
  }
});
