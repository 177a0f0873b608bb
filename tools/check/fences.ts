// Reads what dependency-cruiser found, and refuses a run that did not see the code.
import { circlesOf, importsBetween, packageOf, roomOf, type Module } from './rooms.ts';

export type CruiseResult = {
  modules: readonly Module[];
  summary: {
    violations: readonly {
      from: string;
      to: string;
      rule: { name: string; severity: string };
      cycle?: readonly { name: string }[];
    }[];
    ruleSetUsed?: { forbidden?: readonly { name?: string; comment?: string }[] };
  };
};

const ROOMS =
  'Rooms that import each other in a circle can only be understood together. Move what both need to a room below them: a noun to domain, a repository to storage.';

/** Sentences for a person; none when every file was seen and every fence holds. */
export function problemsOf(result: CruiseResult, { sources }: { sources: readonly string[] }): string[] {
  // Without a transpiler it knows, dependency-cruiser skips every TypeScript file and reports no violation.
  const seen = new Set(result.modules.map((module) => module.source));
  const unseen = sources.filter((source) => !seen.has(source));
  if (unseen.length > 0) {
    return [
      `dependency-cruiser saw ${sources.length - unseen.length} of ${sources.length} files, so its result means nothing (is @swc/core installed?). Not seen: ${unseen.slice(0, 3).join(', ')}`,
    ];
  }
  const comments = new Map(
    result.summary.ruleSetUsed?.forbidden?.map(({ name, comment }) => [name, comment]),
  );
  const crossed = result.summary.violations.map(({ from, to, rule, cycle }) => {
    const path = cycle ? [from, ...cycle.map((each) => each.name)].join(' → ') : `${from} → ${to}`;
    return `${rule.name}: ${path}\n    ${comments.get(rule.name) ?? ''}`;
  });
  const circles = [packageOf, roomOf].flatMap((nameOf) => circlesOf(importsBetween(result.modules, nameOf)));
  return [...crossed, ...circles.map((circle) => `no-circle-of-rooms: ${circle}\n    ${ROOMS}`)];
}
