/** docs/operations.md and the alerts against the code: every setting with its default, every metric, every alert. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { createMetrics } from '@membership/platform/metrics';
import { names, read, settingsOf } from './manifests.ts';

const guide = read('docs/operations.md');
/** The first two cells of every table row of a chapter that begins with a name in code. */
const rowsOf = (chapter: string) =>
  [
    ...(guide.split(/^## /m).find((text) => text.startsWith(chapter)) ?? '').matchAll(
      /^\| `([\w.]+)` \|([^|]*)\|/gm,
    ),
  ].map(([, name = '', cell = '']) => [name, cell.trim()] as const);
const settingRows = rowsOf('Settings');
const cellOf = new Map(settingRows);
const code = globSync('{libs/platform,services/*}/src/**/*.ts', { cwd: join(import.meta.dirname, '../..') })
  .filter((file) => !file.endsWith('.test.ts'))
  .map(read)
  .join('\n');
const ownMetrics = new Set(
  [...code.matchAll(/['"]((?:membership|http)_[a-z_]+)['"]/g)].map((match) => match[1] as string),
);
const alerts = z
  .object({
    groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string(), expr: z.string() })) })),
  })
  .parse(parse(read('deploy/prometheus/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

/** What the guide says a setting is when nothing is given, for one service; null where it says nothing. */
function saidDefault(cell: string, service: string): string | null {
  const own = new RegExp(`${service} \`([^\`]*)\``).exec(cell) ?? /^`([^`]*)`$/.exec(cell);
  return own?.[1] ?? null;
}

test.each(names)('the guide has every setting of %s, with its default', (service) => {
  for (const [name, field] of Object.entries(settingsOf[service])) {
    const cell = cellOf.get(name);
    expect([name, typeof cell]).toEqual([name, 'string']);
    // The gateway's own port stands beside the others' default.
    if (service === 'gateway' && name === 'PORT') continue;
    const unset = field.safeParse(undefined);
    if (!unset.success) expect([name, cell]).toEqual([name, 'required']);
    else if (unset.data === undefined) expect([name, cell]).toEqual([name, '–']);
    else expect([name, field.parse(saidDefault(cell ?? '', service) ?? '')]).toEqual([name, unset.data]);
  }
});

test('the guide has no setting that nobody reads', () => {
  const known = new Set(names.flatMap((service) => Object.keys(settingsOf[service])));
  expect(settingRows.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
});

test('the guide has every metric of ours, and no other', () => {
  const said = rowsOf('Metrics')
    .map(([name]) => name)
    .filter((name) => /^(membership|http)_/.test(name));
  expect(new Set(said)).toEqual(ownMetrics);
});

test('every alert stands in the guide, and asks for metrics that there are', async () => {
  const brought = (await createMetrics('points').registry.getMetricsAsJSON()).map(({ name }) => name);
  const known = new Set(['up', ...brought, ...ownMetrics]);
  for (const { alert, expr } of alerts) {
    expect(guide).toContain(`\`${alert}\``);
    const asked = expr.match(/\b(?:up\b|(?:membership|http|nodejs|process)_[a-z0-9_]+)/g) ?? [];
    expect([alert, asked.length > 0]).toEqual([alert, true]);
    for (const metric of asked)
      expect([alert, known.has(metric) || known.has(metric.replace(/_(bucket|count|sum)$/, ''))]).toEqual([
        alert,
        true,
      ]);
  }
});

/** Each request of a document, also of blocks for another shell or another day, as `METHOD path`, and its body where no variable is in it. */
const requestsIn = (markdown: string) =>
  [
    ...markdown
      .replaceAll(/\\\n\s*/g, ' ')
      .matchAll(/curl [^\n|]*?\$api\/((?:\$\([^)]*\)|[^\s"'?])*)[^\n|]*/g),
  ].map(([all, path]) => {
    const body = / -d '([^'$]*)'/.exec(all)?.[1];
    const method = / -X (\w+)/.exec(all)?.[1] ?? (/ -d /.test(all) ? 'POST' : 'GET');
    return { all, method: method.toLowerCase(), path: `/api/v1/${path}`, body };
  });
const fits = (template: string, path: string): boolean => {
  const [steps, asked] = [template.split('/'), path.replaceAll(/\$\([^)]*\)/g, '$it').split('/')];
  return (
    steps.length === asked.length &&
    steps.every(
      (step, index) => step === asked[index] || (step.startsWith(':') && asked[index]?.startsWith('$')),
    )
  );
};

test.each(['operations', 'security'])(
  'each request of docs/%s.md is one that there is, with a body that is taken',
  (name) => {
    const requests = requestsIn(read(`docs/${name}.md`)).filter(({ method }) => method !== 'options');
    expect(requests.length).toBeGreaterThan(3);
    for (const { all, method, path, body } of requests) {
      const found = allEndpoints.find((one) => one.method === method && fits(one.path, path));
      expect([all, found?.name]).toEqual([all, expect.any(String)]);
      if (body !== undefined)
        expect([all, found?.body?.safeParse(JSON.parse(body)).error]).toEqual([all, undefined]);
    }
  },
);
