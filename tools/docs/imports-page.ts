/** docs/imports.md: what imports what, of packages and of the rooms of each. */
import { cruise } from '../check/cruise.ts';
import {
  importsBetween,
  packageOf,
  roomOf,
  withoutShortcuts,
  type Imports,
  type Module,
} from '../check/rooms.ts';
import type { GeneratedFile } from './text-file.ts';

const INTRODUCTION = `# Imports
Read from the code by \`npm run docs\`; do not edit. What \`npm run check\` refuses is a circle: of files, of rooms, of packages.

An arrow goes from who imports to what is imported, types included; one that others already lead to is left out. A **room** is what lies at
the first level of a package's \`src\`: a folder, a single file, or both where they have one name. In a service \`domain\` holds nouns that
several areas need, \`storage\` repositories that several need; \`app\` knows all others.
`;

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** A picture in Mermaid; what neither imports nor is imported stands in it, too. */
function picture(imports: Imports, labelOf: (name: string) => string): string {
  const names = [...new Set([...imports].flatMap(([from, to]) => [from, ...to.keys()]))].sort();
  const idOf = (name: string) => name.replaceAll(/\W/g, '_');
  return [
    '```mermaid',
    'flowchart TD',
    ...names.map((name) => `  ${idOf(name)}["${labelOf(name)}"]`),
    ...withoutShortcuts(imports).map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`),
    '```',
  ].join('\n');
}

/** The rooms of one package. */
function roomsOf(modules: readonly Module[], name: string): Imports {
  return importsBetween(modules, (source) => (packageOf(source) === name ? roomOf(source) : null));
}

export async function importsPage(): Promise<GeneratedFile> {
  const { modules } = await cruise(
    ['apps', 'libs', 'services'],
    '--include-only',
    '^(apps|libs|services)/[^/]+/src/',
  );
  const packages = importsBetween(modules, packageOf);
  const sections = [...packages.keys()].map(
    (name) => `## ${name}\n${picture(roomsOf(modules, name), lastOf)}\n`,
  );
  return {
    path: 'docs/imports.md',
    content: `${INTRODUCTION}\n## Packages\n${picture(packages, (name) => name)}\n\n${sections.join('\n')}`,
  };
}
