/** Changes of the API as a reader of release notes has them. */
import type { Change } from './changes.ts';

const TITLES: readonly (readonly [Change['kind'], string])[] = [
  ['breaking', 'Breaking'],
  ['deprecated', 'Deprecated'],
  ['added', 'Added'],
  ['other', 'Other'],
];
/** From so many operations on, a change that is the same in all of them is told once. */
const MANY = 4;

/** Of an operation that comes, goes or ends, its name is what matters; refusals and events are no operations. */
function isNamed({ where, what }: Change): boolean {
  const [method = '', , ...place] = where.split(' ');
  if (['ANY', 'EVENT'].includes(method)) return true;
  return (
    place.length === 0 && /^(is (gone|new|deprecated|no longer deprecated)|has ended|ends on)/.test(what)
  );
}

function linesOf(changes: readonly Change[]): string[] {
  const alike = new Map<string, { said: string; operations: string[] }>();
  for (const change of changes) {
    const [method, path, ...place] = change.where.split(' ');
    const said = `${place.length > 0 ? ` ${place.join(' ')}` : ''}: ${change.what}`;
    const key = isNamed(change) ? `${change.where}: ${change.what}` : said;
    const known = alike.get(key)?.operations ?? [];
    alike.set(key, { said, operations: [...known, `${method} ${path}`] });
  }
  return [...alike.values()].flatMap(({ said, operations }) =>
    operations.length < MANY
      ? operations.map((operation) => `- \`${operation}\`${said}`)
      : [`- ${operations.length} operations (\`${operations[0]}\` …)${said}`],
  );
}

/** A list a kind. */
export function markdown(changes: readonly Change[]): string {
  const sections = TITLES.flatMap(([kind, title]) => {
    const lines = linesOf(changes.filter((one) => one.kind === kind));
    return lines.length === 0 ? [] : [`## ${title}\n${lines.join('\n')}`];
  });
  return sections.length > 0 ? sections.join('\n\n') : 'Nothing changed in the API.';
}
