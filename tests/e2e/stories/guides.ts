/** Every guide, followed in bash and curl as a reader does it, in both languages, and every example, run as in its readers' projects. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@membership/contracts/client';
import * as gateway from '@membership/contracts/endpoints/gateway/index';
import { eventually } from '@membership/platform/testing/eventually';
import { followGuide } from '../../../tools/guides/follow-guide.ts';
import {
  guideNames,
  LANGUAGES,
  readGuide,
  requestsOf,
  stepsOf,
  variablesOf,
} from '../../../tools/guides/guide.ts';
import { findPythonGenerator } from '../../../tools/guides/python-client.ts';
import { missingPrograms } from '../../../tools/guides/shell.ts';
import { PROJECT_DIR } from '../../../tools/stack/folders.ts';
import { freePorts } from '../../../tools/stack/ports.ts';
import { PASSWORD, type PlatformKit } from '../../platform-kit.ts';
import { installedNode, pythonProject, typescriptProject, type Project } from '../../strangers-project.ts';

const STORY =
  /^100 points, the first after \d+ ms\n0\.1 off by the tag, 100(\.0)? points earned in the tenant$/;
const all = LANGUAGES.flatMap((language) =>
  guideNames(language)
    .filter((name) => stepsOf(readGuide(language, name)).length > 0)
    .map((name) => [language, name] as const),
);
const missing = await missingPrograms();
if (missing.length > 0)
  process.stdout.write(
    `     Guides that need them are passed over: there is no ${missing.join(', no ')} here\n`,
  );
const needs = (guide: string, program: string): boolean =>
  program === 'bash' || guide.includes(`${program} `);

/** A README's program asks where it says: here another platform, and another password, stand in its place. */
function placeHere(folder: string, file: string, url: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const here = text.replace('http://localhost:8000', url).replaceAll('demo-pass-2026', PASSWORD);
  expect(here).not.toBe(text);
  writeFileSync(path, here);
}
const FIRST_CALLS = /^Earned 100 points\nINSUFFICIENT_POINTS /;

/** Guides make tenants of their own; the programs beside them use the demo tenant. Webhooks may go to this machine. */
export function guides(platform: () => PlatformKit): void {
  let kit: PlatformKit;
  let admin: Client;
  let project: Project;
  beforeAll(async () => {
    kit = platform();
    admin = await kit.as('admin_acme');
    project = await typescriptProject();
  });
  afterAll(() => project?.remove());

  for (const [language, name] of all) {
    const guide = readGuide(language, name);
    const isPassedOver = missing.some((program) => needs(guide, program));
    (isPassedOver ? test.skip : test)(`docs/${language}/${name}.md says what happens`, async () => {
      const { requests, problems } = await followGuide(guide, {
        variables: variablesOf({ url: kit.services.url, password: PASSWORD, language }),
        patienceMs: 60_000,
      });
      expect(problems).toEqual([]);
      expect(requests).toBeGreaterThan(0);
    });
  }

  test('the packed client installs in an empty project, with its licence, and the examples type-check against it', async () => {
    const packed = join(project.folder, 'node_modules/@membership/client/LICENSE');
    expect(readFileSync(packed, 'utf8')).toBe(readFileSync(join(PROJECT_DIR, 'LICENSE'), 'utf8'));
    expect(await project.run(join(PROJECT_DIR, 'node_modules/.bin/tsc'), ['--project', '.'])).toBe('');
  });

  test('the story in TypeScript', async () => {
    const printed = await project.run(process.execPath, ['story.ts', kit.services.url], { PASSWORD });
    expect(printed).toMatch(STORY);
    process.stdout.write(`     TypeScript: ${printed.split('\n')[0]}\n`);
  });

  test('the first calls of the README in TypeScript', async () => {
    placeHere(project.folder, 'first.ts', kit.services.url);
    expect(await project.run(process.execPath, ['first.ts'])).toMatch(FIRST_CALLS);
  });

  test('the story compiled by TypeScript 5, under the Node that is installed here', async () => {
    const out = ['--noEmit', 'false', '--outDir', 'compiled'];
    await project.run(join(PROJECT_DIR, 'libs/client/node_modules/.bin/tsc'), ['--project', '.', ...out]);
    const other = installedNode();
    if (!other)
      process.stdout.write('     No other Node is installed here: it runs under that of the tests\n');
    const node = other ?? process.execPath;
    // Whoever requires it gets it, too: the README of the client says from which Node on.
    expect(await project.run(node, ['--no-warnings', 'compiled/commonjs.cjs'])).toBe(
      'function MembershipError',
    );
    const printed = await project.run(node, ['compiled/story.js', kit.services.url], {
      PASSWORD,
    });
    expect(printed).toMatch(STORY);
  });

  test('the story and the first calls of the README in Python, where Python and PyPI are at hand', async () => {
    let generator: string;
    try {
      generator = await findPythonGenerator(() => undefined);
    } catch (error) {
      const [reason] = (error as Error).message.split('\n');
      return process.stdout.write(`     The story in Python is passed over: ${reason}\n`);
    }
    const python = await pythonProject(generator);
    try {
      const printed = await python.run(join(generator, '../python'), ['story.py', kit.services.url], {
        PASSWORD,
      });
      expect(printed).toMatch(STORY);
      placeHere(python.folder, 'first.py', kit.services.url);
      expect(await python.run(join(generator, '../python'), ['first.py'])).toMatch(FIRST_CALLS);
      const asAdmin = [kit.services.url, 'admin_acme', PASSWORD, 'acme'];
      expect(await python.run(join(generator, '../python'), ['application.py', ...asAdmin])).toBe(
        'notes-in-python notes-in-python 2000',
      );
      process.stdout.write(`     Python: ${printed.split('\n')[0]}\n`);
    } finally {
      python.remove();
    }
  });

  test('the desktop program takes a place, goes on without a network, and gives the place back', async () => {
    await kit.assignToJohn(1);
    const environment = { PASSWORD, MEMBERSHIP_URL: kit.services.url };
    const run = (args: readonly string[], more: Record<string, string> = {}) =>
      project.run(process.execPath, ['desktop-program.ts', ...args], { ...environment, ...more });
    expect(await run(['activate', 'john_doe', 'acme'])).toBe('activated');
    expect(await run(['run'])).toBe('online');
    const away = { MEMBERSHIP_URL: 'http://127.0.0.1:9' };
    expect(await run(['run'], away)).toBe('offline');
    await expect(run(['run'], { ...away, FINGERPRINT: 'another' })).rejects.toThrow('does not allow');
    expect(await run(['leave', 'john_doe', 'acme'])).toBe('left');
  });

  test('the webhook receiver hears what is signed, and refuses what is not', async () => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}/`;
    const { secret } = await admin.ask(gateway.createWebhookEndpoint, {
      body: { url, event_types: ['member.updated.v1'] },
    });
    const receiver = spawn(process.execPath, ['webhook-receiver.ts', String(port)], {
      cwd: project.folder,
      env: { ...process.env, SECRET: secret },
    });
    let printed = '';
    receiver.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    try {
      await eventually(() => expect(printed).toContain('listening'));
      await admin.ask(gateway.updateMember, {
        params: { id: String(await kit.idOf('jane_roe')) },
        body: { display_name: 'Jane' },
      });
      await eventually(() => expect(printed).toContain('member.updated.v1'));
      expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
    } finally {
      receiver.kill();
    }
  });

  test.each(['operations', 'security'])('the requests of docs/%s.md are answered', async (name) => {
    const guide = requestsOf(readFileSync(join(PROJECT_DIR, 'docs', `${name}.md`), 'utf8'));
    const { requests, problems } = await followGuide(guide, {
      variables: variablesOf({ url: kit.services.url, password: PASSWORD, language: 'en' }),
      patienceMs: 60_000,
    });
    expect(problems).toEqual([]);
    expect(requests).toBeGreaterThan(5);
  });
}
