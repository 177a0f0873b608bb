/** A service that is told to stop says so in its answers, ends, and comes back: what its clients see of it (nothing). */
import type { ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { eventually } from '@membership/platform/testing/eventually';
import { answerJson } from './fake-service.ts';
import { startGateway, type AMember, type ATenant, type GatewayKit } from './gateway-kit.ts';
import { rawRequest } from './raw-http.ts';

let gateway: GatewayKit;
let acme: ATenant;
let member: AMember;

beforeAll(async () => {
  // Looks find nothing wrong in between: the requests alone must not notice.
  gateway = await startGateway({ PROBE_INTERVAL_MS: '60000' });
  acme = await gateway.aTenant('acme');
  member = await acme.aMember();
});
afterAll(() => gateway?.stop());
afterEach(async () => {
  gateway.points.answering = undefined;
  if (!gateway.points.server.listening) await gateway.points.listen(port());
  await eventually(async () => expect((await spend()).status).toBe(200));
});

const port = () => Number(new URL(address).port);
let address = '';
const spend = () =>
  rawRequest(gateway.kit.url, `/api/v1/points/profiles/${member.id}/spend_points/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${member.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ points: 1, reason: 'r' }),
  });
const connections = () =>
  new Promise<number>((done) => gateway.points.server.getConnections((_error, count) => done(count)));

/** It answers as a process does that was told to stop. */
function leaving() {
  address = gateway.points.url;
  gateway.points.answering = (_request, response) =>
    answerJson(response, { ok: true }, { connection: 'close' });
}

test('connections that lie idle are given up by the gateway, before the service closes them under a request', async () => {
  await Promise.all(Array.from({ length: 8 }, spend));
  expect(await connections()).toBeGreaterThan(1);
  leaving();
  await spend();
  // The service closes none by itself but the one that it said it would.
  await eventually(async () => expect(await connections()).toBeLessThanOrEqual(1));
});

test('while nothing listens in its place, requests wait for its successor, writes too', async () => {
  leaving();
  await spend();
  await gateway.points.close();
  const before = gateway.points.received.length;
  const waiting = Promise.all(Array.from({ length: 20 }, spend));
  await new Promise((done) => setTimeout(done, 300));
  gateway.points.answering = undefined;
  await gateway.points.listen(port());
  expect((await waiting).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  // Each once, with its body.
  const sent = gateway.points.received.slice(before);
  expect(sent.map(({ body }) => JSON.parse(body))).toEqual(
    Array.from({ length: 20 }, () => ({ points: 1, reason: 'r' })),
  );
});

test('the answer that tells of the end is awaited while one is under way', async () => {
  await spend();
  address = gateway.points.url;
  const underway: ServerResponse[] = [];
  gateway.points.answering = (_request, response) => void underway.push(response);
  // None is idle: whoever asks next needs a new one.
  const slow = Array.from({ length: await connections() }, spend);
  await eventually(() => expect(underway).toHaveLength(slow.length));
  // It takes nothing new, and nothing that it answers has told so yet.
  NetServer.prototype.close.call(gateway.points.server);
  const meanwhile = Array.from({ length: 5 }, spend);
  await new Promise((done) => setTimeout(done, 700));
  gateway.points.answering = undefined;
  for (const response of underway) answerJson(response, { ok: true }, { connection: 'close' });
  await eventually(() => gateway.points.listen(port()));
  const answers = await Promise.all([...slow, ...meanwhile]);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('one that ended without a word is not waited for', async () => {
  await spend();
  address = gateway.points.url;
  await gateway.points.close();
  expect(await spend()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
});
