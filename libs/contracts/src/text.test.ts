import { both, languageOf, say, unbox } from './text.ts';

test.each([
  [undefined, 'zh'],
  ['', 'zh'],
  ['en', 'en'],
  ['en-US,en;q=0.9', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['en;q=0.1,zh;q=0.9', 'zh'],
  ['fr,en;q=0.5', 'en'],
  ['de', 'zh'],
  ['en;q=0', 'zh'],
  ['en_US', 'en'],
  ['zh_TW,en_US;q=0.9', 'zh'],
  ['enx', 'zh'],
  ['EN-GB', 'en'],
  ['*', 'zh'],
] as const)('Accept-Language %j is answered in %s', (header, language) =>
  expect(languageOf(header)).toBe(language),
);
test('places are filled; an unknown one stays to be seen', () => {
  expect(say({ zh: '成功获得 {points} 积分', en: 'Earned {points} points' }, 'zh', { points: 100 })).toBe(
    '成功获得 100 积分',
  );
  expect(say({ zh: '{nothing}', en: '' }, 'zh')).toBe('{nothing}');
});
test('both languages travel in one zod message', () => {
  expect(unbox(both('甲', 'A'))).toEqual({ zh: '甲', en: 'A' });
  expect(unbox('Invalid input')).toBeUndefined();
});
