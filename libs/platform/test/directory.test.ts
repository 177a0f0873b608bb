/** What a service knows of tenants and members, and how it learns of those whose events are still on the way. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memberCreated, tenantErased } from '@membership/contracts/events/gateway';
import { Directory } from '@membership/platform/directory';
import { eraseDueTenants } from '@membership/platform/erased-tenants';
import { migrate } from '@membership/platform/migrate';
import type { TenantScope } from '@membership/platform/scope';
import type { Transactions, UnitOfWork } from '@membership/platform/transaction';
import { startKit, type Kit } from './bus/kit.ts';

let kit: Kit;
let gateway: Server;
let directory: Directory;
let transactions: Transactions;
const asked: string[] = [];
const told: number[] = [];
/** What a transaction writes in while it is open. */
let open: UnitOfWork | undefined;
let wasOpen = false;

const stateOf = (memberId: number) => ({
  memberId,
  username: `member_${memberId}`,
  email: `member_${memberId}@example.com`,
  displayName: 'A member',
  role: 'member' as const,
  isActive: true,
  externalId: null,
  joinedAt: '2026-01-05T08:00:00.000Z',
});

beforeAll(async () => {
  kit = await startKit();
  transactions = kit.transactions();
  // Members above 100 exist at the gateway; each stands at its second change.
  gateway = createServer((request, response) => {
    asked.push(request.url ?? '');
    wasOpen ||= open?.session.inTransaction() === true;
    const id = Number((request.url ?? '').split('/').at(-1));
    response
      .writeHead(id > 100 ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ sequence: 2, state: stateOf(id) }));
  });
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  directory = new Directory({
    connection: kit.connection,
    gatewayUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    service: 'points',
    logger: kit.logger,
    onMember: async (_scope, member) => void told.push(member._id),
  });
  await migrate(kit.connection, [], kit.logger);
});
afterAll(async () => {
  gateway.closeAllConnections();
  gateway.close();
  await kit.close();
});
beforeEach(() => {
  asked.length = 0;
  told.length = 0;
  wasOpen = false;
});

const scope = {
  tenantId: 1,
  actor: 'user:1',
  requestId: 'r',
  credential: 'signed',
} as unknown as TenantScope;
const inTransaction = <T>(work: (unit: UnitOfWork) => Promise<T>) =>
  transactions.run((unit) => {
    open = unit;
    return work(unit);
  });

test('a member whose event is on the way is looked up before a transaction, never in it', async () => {
  const found = await inTransaction((unit) => directory.findMember(scope, 101, { unit }));
  expect([found?.username, asked, wasOpen]).toEqual(['member_101', ['/internal/members/101'], false]);
});

test('the members of a batch are looked up before its transaction; who is not there is asked for once', async () => {
  const found = await inTransaction((unit) => directory.findMembers(scope, [111, 112, 13], unit));
  expect([...found.keys()].sort((left, right) => left - right)).toEqual([111, 112]);
  expect([asked.toSorted(), wasOpen]).toEqual([
    ['/internal/members/111', '/internal/members/112', '/internal/members/13'],
    false,
  ]);
});

test('somebody unknown stays unknown, after one question', async () => {
  await expect(inTransaction((unit) => directory.getMember(scope, 14, unit))).rejects.toThrow('BIZ_001');
  expect(asked).toEqual(['/internal/members/14']);
});

test('a look-up does not keep the event of the same change from those who listen to it', async () => {
  await directory.getMember(scope, 121);
  const subscription = directory.subscriptions().find(({ type }) => type === memberCreated.type);
  const heard = (sequence: number) =>
    transactions.run(async (unit) =>
      subscription?.handle(
        { envelope: kit.envelope(memberCreated, '121', sequence, stateOf(121)), data: stateOf(121) },
        { scope, unit },
      ),
    );
  await heard(2);
  expect(told).toEqual([121]);
  // Once is enough, and what is older changes nothing.
  await heard(2);
  await heard(1);
  expect(told).toEqual([121]);
});

test('a service that hears of an erasure days later still looks again for what comes after it', async () => {
  const days = 86_400_000;
  const data = {
    tenantId: 9,
    code: 'erased:9',
    name: 'erased:9',
    timezone: 'UTC',
    locale: 'en',
    isActive: false,
  };
  const time = new Date(Date.now() - 3 * days).toISOString();
  const erased = directory.subscriptions().find(({ type }) => type === tenantErased.type);
  const heard = { ...kit.envelope(tenantErased, '9', 2, data), tenantid: 9, time };
  await transactions.run(async (unit) => erased?.handle({ envelope: heard, data }, { scope, unit }));
  const look = (later: number) =>
    eraseDueTenants(kit.connection, {
      now: new Date(Date.now() + later),
      transactions,
      signal: new AbortController().signal,
      logger: kit.logger,
    });
  expect(await look(1)).toBe(1);
  const members = kit.connection.collection<{ _id: number; tenantId: number }>('directory_members');
  await members.insertOne({ _id: 901, tenantId: 9 });
  expect(await look(61_000)).toBe(1);
  expect(await members.findOne({ tenantId: 9 })).toBeNull();
});
