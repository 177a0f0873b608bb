/** What belongs to no tenant no tenant hears of: the log tells it, with who it was and by which request. */
import { administrativeActs } from '@membership/contracts/administrative-acts';
import type { CallOf, Endpoint } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/gateway/index';
import { allEndpoints } from '@membership/contracts/endpoints/index';
import { startGateway, type GatewayKit } from './gateway-kit.ts';

type Line = Record<string, unknown> & { text?: unknown };
const lines: Line[] = [];
let gateway: GatewayKit;
let actor: string;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.kit.running.logger.info = (fields: unknown, text?: unknown) =>
    void lines.push({ ...(fields as object), text });
  actor = `user:${(await gateway.root.ask(contracts.me, {})).user.id}`;
});
afterAll(() => gateway?.stop());

let requests = 0;
/** The lines of the log that tell of one request, but for those of the access log, and its answer. */
async function linesOf<E extends Endpoint>(one: E, parts: CallOf<E>, more: Record<string, string> = {}) {
  const requestId = `act-${++requests}`;
  const { status, body } = await gateway.root.call(one, parts, {
    headers: { 'x-request-id': requestId, ...more },
  });
  const told = lines.filter((line) => line['requestId'] === requestId && line.text !== 'access');
  return { requestId, status, body, told };
}

test('each is told once, with its actor and its request', async () => {
  const done: string[] = [];
  async function act<E extends Endpoint>(one: E, parts: CallOf<E>, fields: Record<string, unknown>) {
    const { requestId, status, told, body } = await linesOf(one, parts);
    const text = (administrativeActs[one.name] as { log: string }).log;
    expect([one.name, status < 300, told]).toEqual([
      one.name,
      true,
      [expect.objectContaining({ ...fields, text, actor, requestId })],
    ]);
    done.push(one.name);
    return body;
  }
  const plan = { plan_code: 'basic' };
  const about = (fields: Record<string, unknown>) => ({ plan: expect.objectContaining(fields) });
  await act(contracts.createTenantPlan, { body: { code: 'basic', name: 'Basic' } }, about({ code: 'basic' }));
  await act(
    contracts.updateTenantPlan,
    { params: plan, body: { requests_per_day: 9 } },
    about({ requestsPerDay: 9 }),
  );
  await act(contracts.deleteTenantPlan, { params: plan }, { plan: 'basic' });
  const rotated = await act(contracts.rotateTokenKey, { body: { signs_in_seconds: 600 } }, {});
  const { kid } = rotated.data as { kid: string };
  await act(contracts.withdrawTokenKey, { params: { kid }, body: {} }, { kid });
  await act(contracts.resealSecrets, { body: {} }, { resealed: 0 });
  const parked = { params: { service: 'gateway' }, body: { all: true } as const };
  await act(contracts.replayDeadLetters, parked, { parkedBy: 'gateway', replayed: 0 });

  const told = allEndpoints.filter(({ name, service }) => {
    const by = administrativeActs[name];
    return service === 'gateway' && typeof by === 'object' && 'log' in by;
  });
  expect(done.sort()).toEqual(told.map(({ name }) => name).sort());
});

test('one that is refused, changes nothing or is repeated is not told', async () => {
  const body = { code: 'once', name: 'Once' };
  const key = { 'idempotency-key': 'a-plan-once' };
  expect((await linesOf(contracts.createTenantPlan, { body }, key)).told).toHaveLength(1);
  for (const [one, parts, more, status] of [
    [contracts.createTenantPlan, { body }, key, 201],
    [contracts.createTenantPlan, { body }, {}, 400],
    [contracts.updateTenantPlan, { params: { plan_code: 'once' }, body: { name: 'Once' } }, {}, 200],
    [contracts.deleteTenantPlan, { params: { plan_code: 'nowhere' } }, {}, 404],
    [contracts.withdrawTokenKey, { params: { kid: 'nobodys' }, body: {} }, {}, 404],
  ] as const)
    expect(await linesOf(one as Endpoint, parts as CallOf<Endpoint>, more)).toMatchObject({
      status,
      told: [],
    });
});
