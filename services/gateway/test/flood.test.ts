/** What somebody without a token costs is bounded: nothing of it is held. The whole of it: tests/faults/anonymous-flood.drill.ts. */
import { connect } from 'node:net';
import { eventually } from '@membership/platform/testing/eventually';
import { descriptors, flood, heldBytes, kinds, type Kind } from './flood.ts';
import { startGateway, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
beforeAll(async () => {
  gateway = await startGateway({ TRUST_PROXY: '127.0.0.0/8', RATE_LIMIT_ADDRESS: '300' });
});
afterAll(() => gateway?.stop());

const ROUNDS = 100;
const DEAR_ROUNDS = 8;
const LOOKED_UP_ROUNDS = 1_500;
/** Less than the names of one flood that somebody keeps: 10 MB. */
const KEPT_BYTES = 8_000_000;
const MOST_FLOODS = 4;
const roundsOf = ({ isDear, isLookedUp }: Kind): number =>
  isDear ? DEAR_ROUNDS : isLookedUp ? LOOKED_UP_ROUNDS : ROUNDS;

/** By 503 these say that a service did not answer within a second: on a busy machine that is true. */
const SAY_HOW_IT_IS = ['/readyz', 'GET /api/v1/health/'];
const isFault = ({ name }: Kind, status: number): boolean =>
  status === 0 || (status >= 500 && !(status === 503 && SAY_HOW_IT_IS.includes(name)));

test('requests without a token leave neither memory nor descriptors behind, and none is a 500', async () => {
  const all = kinds();
  const floodAll = async (share: number) => {
    const wrong: unknown[] = [];
    for (const kind of all) {
      const answered = await flood(gateway.kit.url, kind, Math.ceil(roundsOf(kind) * share));
      if (Object.keys(answered).some((status) => isFault(kind, Number(status))))
        wrong.push([kind.name, answered]);
    }
    for (const service of [gateway.points, gateway.others]) service.received.length = 0;
    return wrong;
  };
  expect(await floodAll(0.2)).toEqual([]);
  const open = descriptors();
  // What is kept for a bounded time or in a bounded number is full after a flood or two; what is kept for good grows with each.
  let grown = Number.POSITIVE_INFINITY;
  for (let floods = 0; floods < MOST_FLOODS && grown >= KEPT_BYTES; floods++) {
    const bytes = await heldBytes();
    expect(await floodAll(1)).toEqual([]);
    await eventually(() => expect(descriptors()).toBeLessThanOrEqual(open + 8));
    grown = (await heldBytes()) - bytes;
  }
  expect(grown).toBeLessThan(KEPT_BYTES);
});

test('a download that is broken off leaves nothing open', async () => {
  const { hostname, port } = new URL(gateway.kit.url);
  const breakOff = () =>
    new Promise<void>((done) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write('GET /api/v1/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      socket.once('data', () => socket.resetAndDestroy());
      socket.on('error', () => undefined);
      socket.on('close', () => done());
    });
  await breakOff();
  const open = descriptors();
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 5 }, breakOff));
  await eventually(() => expect(descriptors()).toBeLessThanOrEqual(open + 4));
});
