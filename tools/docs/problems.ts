/** What is wrong with a generated document, found without a network: references, ids, parameters. */
import { asObject, METHODS, type Json } from '../api/changes.ts';

/** Every `$ref` of a document that leads nowhere. */
export function brokenReferences(document: Json): string[] {
  const broken = new Set<string>();
  const resolve = (ref: string): unknown =>
    ref
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (at, part) => asObject(at)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')],
        document,
      );
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) {
        if (
          key === '$ref' &&
          typeof inner === 'string' &&
          (!inner.startsWith('#/') || resolve(inner) === undefined)
        )
          broken.add(`${inner} leads nowhere`);
        look(inner);
      }
  };
  look(document);
  return [...broken];
}

/** Operations whose id is taken, whose path and parameters differ, or that have no success. */
export function openapiProblems(document: Json): string[] {
  const problems = brokenReferences(document);
  const ids = new Set<unknown>();
  for (const [path, item] of Object.entries(asObject(document.paths)))
    for (const method of METHODS) {
      const operation = asObject(asObject(item)[method]);
      if (Object.keys(operation).length === 0) continue;
      const where = `${method.toUpperCase()} ${path}`;
      if (typeof operation.operationId !== 'string' || ids.has(operation.operationId))
        problems.push(`${where}: its operationId is missing or taken`);
      ids.add(operation.operationId);
      const declared = ((operation.parameters ?? []) as Json[])
        .filter((one) => one.in === 'path')
        .map((one) => String(one.name));
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
      if (declared.sort().join() !== inPath.sort().join())
        problems.push(
          `${where}: its path has ${inPath.join(', ') || 'no parameter'}, its parameters are ${declared.join(', ') || 'none'}`,
        );
      const statuses = Object.keys(asObject(operation.responses));
      if (!statuses.some((status) => status.startsWith('2')))
        problems.push(`${where}: no success is described`);
    }
  return problems;
}
