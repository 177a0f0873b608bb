/** The Dockerfile against what it must hold to: small, without root, without secrets, every workspace known to npm. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { exists, names, read, secretsOf } from './manifests.ts';

const lines = read('Dockerfile')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith('#'));
const said = (instruction: string): string[] =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1).trim());
const ignored = read('.dockerignore').split('\n').filter(Boolean);

test('the base images are named with their version', () => {
  const stages = said('FROM').flatMap((line) => / AS (\w+)$/.exec(line)?.[1] ?? []);
  const images = said('FROM').map((line) => line.split(' ')[0] as string);
  for (const image of images.filter((one) => !stages.includes(one)))
    expect(image).toMatch(/^[\w/]+:\d*[\w.-]*bookworm[\w.-]*$/);
});

test('it runs as an ordinary user, with a health check that the image holds', () => {
  expect(said('USER').at(-1)).toBe('node');
  expect(lines.indexOf('USER node')).toBeLessThan(lines.findIndex((line) => line.startsWith('CMD')));
  expect(said('HEALTHCHECK')[0]).toContain('CMD ["node", "/app/healthy.mjs"]');
  expect(said('COPY')).toContain('deploy/healthy.mjs ./');
});

test('npm ci knows every workspace, and installs what production needs from the lock file alone', () => {
  const packages = globSync('{apps,libs,services}/*/package.json', {
    cwd: join(import.meta.dirname, '../..'),
  });
  for (const file of packages) expect(said('COPY')).toContain(`${file} ${file.replace('package.json', '')}`);
  expect(lines.join('\n')).toMatch(/npm ci --omit=dev --ignore-scripts/);
  expect(lines.join('\n')).not.toMatch(/npm (install|i) /);
});

test('no secret is built in', () => {
  const built = [...said('ARG'), ...said('ENV')].join(' ');
  for (const secret of [...names.flatMap(secretsOf), 'MONGODB_URI', 'AMQP_URL'])
    expect(built).not.toContain(secret);
  expect(built).not.toMatch(/password|token/i);
  expect(ignored).toEqual(expect.arrayContaining(['**/.env*', '**/node_modules', '**/.local', '**/test']));
});

test('the context lets in what is copied, and nothing is copied whole', () => {
  expect(ignored[1]).toBe('*');
  const copied = said('COPY')
    .filter((line) => !line.startsWith('--from'))
    .flatMap((line) => line.split(' ').slice(0, -1))
    .map((path) => path.replace('${SERVICE}', 'points'));
  const letIn = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1).split('/')[0]);
  for (const path of copied) {
    expect(path).not.toBe('.');
    expect([path, exists(path)]).toEqual([path, true]);
    expect([path, letIn.includes(path.split('/')[0])]).toEqual([path, true]);
  }
});
