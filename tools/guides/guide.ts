/** A guide (docs/en, docs/zh) as a reader follows it: commands, each with the answer that the guide shows. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../stack/folders.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type GuideLanguage = (typeof LANGUAGES)[number];
export type Shown = {
  /** `json` is compared as data, `text` line by line. */
  readonly kind: 'json' | 'text';
  readonly text: string;
  /** What the guide says the HTTP status is, where it is no success. */
  readonly status?: number;
  /** Where its text begins and ends in the guide. */
  readonly at: readonly [number, number];
};
export type Step = { readonly line: number; readonly script: string; readonly shown?: Shown };
export type Block = { readonly info: string; readonly text: string; readonly at: number };

const FENCE = /^```(.*)\n([\s\S]*?)^```$/gm;

/** The names of the guides, without folder and ending. */
export const guideNames = (language: GuideLanguage): string[] =>
  globSync('*.md', { cwd: join(PROJECT_DIR, 'docs', language) })
    .map((name) => name.replace(/\.md$/, ''))
    .sort();
export const guidePath = (language: GuideLanguage, name: string): string =>
  join(PROJECT_DIR, 'docs', language, `${name}.md`);
export const readGuide = (language: GuideLanguage, name: string): string =>
  readFileSync(guidePath(language, name), 'utf8');

/** Everything between fences, in order. */
export const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(FENCE)].map(({ 1: info = '', 2: text = '', index }) => ({
    info: info.trim(),
    text,
    at: index + info.length + 4,
  }));

/** What a reader pastes into bash, and what then stands there. Blocks marked `sh` are for another shell, or another day. */
export function stepsOf(markdown: string): Step[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, index) => {
    if (block.info !== 'bash') return [];
    const line = markdown.slice(0, block.at).split('\n').length;
    const next = blocks[index + 1];
    const between = next && markdown.slice(block.at + block.text.length + 3, next.at).replace(/```.*\n$/, '');
    const [, kind, status] = /^(json|text)(?: (\d{3}))?$/.exec(next?.info ?? '') ?? [];
    if (!next || !kind || between?.trim() !== '') return [{ line, script: block.text }];
    const at = [next.at, next.at + next.text.length] as const;
    const shown = { kind: kind as 'json' | 'text', text: next.text, at };
    return [{ line, script: block.text, shown: status ? { ...shown, status: Number(status) } : shown }];
  });
}

const BEGIN = '```bash\n. docs/begin.sh\n```\n';
/** Of a guide for operators, what it asks the API for, as a guide of its own: no containers, clusters or other processes. */
export const requestsOf = (markdown: string): string =>
  BEGIN +
  blocksOf(markdown)
    .filter(({ info, text }) => info === 'bash' && text.includes('$api'))
    .map(({ text }) => `\n\`\`\`bash\n${text}\`\`\`\n`)
    .join('');

/** Answers (`json`, `text`) that stand below no request, so that nothing compares them. */
export function answersOfNothing(markdown: string): Block[] {
  const shown = new Set(stepsOf(markdown).map((step) => step.shown?.at[0]));
  return blocksOf(markdown).filter(({ info, at }) => /^(json|text)\b/.test(info) && !shown.has(at));
}

/** What both languages of a guide have in common: levels of headings, requests with their fields, fields of answers. */
export function shapeOf(markdown: string): string[] {
  const prose = markdown.replaceAll(
    FENCE,
    (_, info: string, text: string) => `${fence(info.trim(), text)}\n`,
  );
  return prose.split('\n').flatMap((line) => {
    const heading = /^(#+) /.exec(line);
    return heading ? [`heading ${heading[1]?.length}`] : line.startsWith('\0') ? [line.slice(1)] : [];
  });
}

const matches = (text: string, pattern: RegExp): string =>
  [...text.matchAll(pattern)].map(([all]) => all).join(' ');
function fence(info: string, text: string): string {
  if (info === 'bash') return `\0request ${matches(text, /\$api[^\s"']*|-X \w+|"\w+":|\| tee \S+|^\w+=/gm)}`;
  return info.startsWith('json') ? `\0answer ${info} ${matches(text, /"\w+":/g)}` : `\0block ${info}`;
}

/** What a reader's shell holds: `. docs/begin.sh` and the guides read these. */
export const variablesOf = ({
  url,
  password,
  language,
}: {
  readonly url: string;
  readonly password: string;
  readonly language: GuideLanguage;
}): Record<string, string> => ({
  api: `${url}/api/v1`,
  password,
  language,
});
