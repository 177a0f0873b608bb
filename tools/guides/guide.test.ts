import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  answersOfNothing,
  blocksOf,
  guideNames,
  guidePath,
  readGuide,
  requestsOf,
  shapeOf,
  stepsOf,
} from './guide.ts';
import { parseShown } from './shown-answer.ts';
import { PROJECT_DIR } from '../stack/folders.ts';

const MARKDOWN = `# One
\`\`\`bash
curl -s $api/a/ -d '{"b":1}'
\`\`\`
\`\`\`json 409
{ "c": … }
\`\`\`
Text.
\`\`\`bash
x=1
\`\`\`
In between.
\`\`\`json
{}
\`\`\`
\`\`\`sh
npm start
\`\`\`
`;

test('a step is a block for bash, with the answer that stands right below it', () => {
  expect(stepsOf(MARKDOWN)).toEqual([
    {
      line: 3,
      script: 'curl -s $api/a/ -d \'{"b":1}\'\n',
      shown: { kind: 'json', text: '{ "c": … }\n', status: 409, at: [59, 70] },
    },
    { line: 10, script: 'x=1\n' },
  ]);
  expect(MARKDOWN.slice(59, 70)).toBe('{ "c": … }\n');
});
test('of a guide for operators its requests are left, behind what lays them ready', () => {
  expect(stepsOf(requestsOf(MARKDOWN)).map(({ script }) => script)).toEqual([
    '. docs/begin.sh\n',
    'curl -s $api/a/ -d \'{"b":1}\'\n',
  ]);
});
test('an answer below a sentence is none of a request, and is found', () => {
  expect(answersOfNothing(MARKDOWN).map(({ text }) => text)).toEqual(['{}\n']);
});
test('the shape of a guide is its headings, requests and answers, whatever the words', () => {
  expect(shapeOf(MARKDOWN)).toEqual([
    'heading 1',
    'request $api/a/ "b":',
    'answer json 409 "c":',
    'request x=',
    'answer json ',
    'block sh',
  ]);
});

/** What a link may name in a page: its headings, as those who show Markdown spell them. */
const placesIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const names = guideNames('en');
test('every guide is there in both languages', () => expect(guideNames('zh')).toEqual(names));
test.each(names)('%s has the same headings, requests and answers in both languages', (name) => {
  expect(shapeOf(readGuide('zh', name))).toEqual(shapeOf(readGuide('en', name)));
});
test.each((['en', 'zh'] as const).flatMap((language) => names.map((name) => [language, name] as const)))(
  '%s/%s shows readable answers right below their requests, and every link leads to a file and a heading in it',
  (language, name) => {
    const markdown = readGuide(language, name);
    expect(answersOfNothing(markdown)).toEqual([]);
    for (const { info, text } of blocksOf(markdown)) if (info.startsWith('json')) parseShown(text);
    expect(markdown).not.toMatch(/^\?$|: \?[ ,\n]/m);
    const folder = dirname(guidePath(language, name));
    for (const [, link = ''] of markdown.matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)) {
      const [file = '', place] = link.split('#');
      const path = join(folder, file);
      expect([link, existsSync(path)]).toEqual([link, true]);
      if (place !== undefined)
        expect([link, placesIn(readFileSync(path, 'utf8'))]).toEqual([link, expect.arrayContaining([place])]);
    }
  },
);

/** Comments are in the language of their page. */
const withoutWords = ({ text }: { readonly text: string }) => text.replaceAll(/^# .*$/gm, '#');
/** Pages beside the guides that integrators read: only what is said differs between their languages. */
const references = ['licensing', 'webhooks', 'incoming-webhooks'];
test.each(references)('docs/%s.md has the same headings, rows, code and names in both languages', (name) => {
  const [en = '', zh = ''] = [`docs/${name}.md`, `docs/${name}.zh.md`].map((path) =>
    readFileSync(join(PROJECT_DIR, path), 'utf8'),
  );
  const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('|')).length;
  const codeOf = (text: string) => [...new Set(text.match(/`[^`\n]+`/g))].sort();
  expect(shapeOf(zh)).toEqual(shapeOf(en));
  expect(blocksOf(zh).map(withoutWords)).toEqual(blocksOf(en).map(withoutWords));
  expect([rows(zh), codeOf(zh)]).toEqual([rows(en), codeOf(en)]);
});
