import { both } from '@membership/contracts/text';
import { exampleIn, languageProblems, unboxed } from './languages.ts';

test('a text of one language alone is found, in descriptions and examples, with what to write where', () => {
  const schema = { description: 'Only English' };
  expect(languageProblems({ components: { schema } }, 'zh')).toEqual([
    'components/schema/description: "Only English" has no Chinese: write { zh, en }, in a schema both(zh, en)',
  ]);
  expect(languageProblems({ paths: { summary: '用户 users' } }, 'en')).toEqual([
    'paths/summary: "用户 users" is Chinese in the English document: write { zh, en }, in a schema both(zh, en)',
  ]);
  expect(languageProblems({ example: { description: '张四' }, 张: 1 }, 'en')).toEqual([
    'example/description: "张四" is Chinese in the English document: give its English in libs/contracts/src/example-words.ts',
    '张: "张" is a Chinese name',
  ]);
});
test('data is no text: an example may stand in English in the Chinese document; a field may be called example', () => {
  expect(languageProblems({ example: { description: 'a' } }, 'zh')).toEqual([]);
  expect(languageProblems({ properties: { example: { description: 'a' } } }, 'zh')).toHaveLength(1);
});
test('pairs come out in one language; examples are translated where there is a word for them', () => {
  const boxed = { a: [both('甲', 'a')], b: 1, c: null };
  expect([unboxed(boxed, 'zh'), unboxed(boxed, 'en')]).toEqual([
    { a: ['甲'], b: 1, c: null },
    { a: ['a'], b: 1, c: null },
  ]);
  expect(exampleIn({ name: '我的应用', other: '无' }, 'en')).toEqual({ name: 'My application', other: '无' });
});
