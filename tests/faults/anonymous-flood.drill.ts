/** Somebody without a token asks each thing that the gateway answers 20,000 times, each time differently: memory and descriptors stay. */
import { eventually } from '@membership/platform/testing/eventually';
import { descriptors, flood, heldBytes, kinds } from '../../services/gateway/test/flood.ts';
import { startGateway, type GatewayKit } from '../../services/gateway/test/gateway-kit.ts';

const ROUNDS = 20_000;
/** Password hashes, and whole pages. */
const DEAR_ROUNDS = 500;

let gateway: GatewayKit;
beforeAll(async () => {
  gateway = await startGateway({ TRUST_PROXY: '127.0.0.0/8', RATE_LIMIT_ADDRESS: '300' });
});
afterAll(() => gateway?.stop());

test.each(kinds().map((kind) => ({ kind, name: kind.name })))(
  '$name',
  async ({ kind }) => {
    const rounds = kind.isDear ? DEAR_ROUNDS : ROUNDS;
    const forget = () => {
      for (const service of [gateway.points, gateway.others]) service.received.length = 0;
    };
    await flood(gateway.kit.url, kind, rounds / 10);
    forget();
    const [bytes, open] = [await heldBytes(), descriptors()];
    const answered = await flood(gateway.kit.url, kind, rounds);
    expect(Object.keys(answered).filter((status) => Number(status) >= 500 || status === '0')).toEqual([]);
    forget();
    await eventually(() => expect(descriptors()).toBeLessThanOrEqual(open + 8));
    // An address's count is kept for a minute, some hundred bytes each; all else would be somebody's input.
    expect((await heldBytes()) - bytes).toBeLessThan(40_000_000);
  },
  600_000,
);
