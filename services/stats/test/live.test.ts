/** Figures as they change: to those who follow them, of their own tenant, as long as they may. */
import { getStatsOverview, streamFigures } from '@membership/contracts/endpoints/stats/index';
import type { FactOf } from '@membership/contracts/event';
import {
  memberSecondFactorChanged,
  memberSessionEnded,
  memberUpdated,
  tenantSuspended,
} from '@membership/contracts/events/gateway';
import {
  eventually,
  startServiceKit,
  type Caller,
  type ServiceKit,
} from '@membership/platform/testing/service-kit';
import { build } from '../src/app.ts';
import { statsService } from '../src/service.ts';
import { earned, fact, joined, tell } from './a-story.ts';

let kit: ServiceKit;
let tenants = 1_100;
const following = new AbortController();
beforeAll(async () => {
  kit = await startServiceKit(
    {
      ...statsService,
      build: (context) => build(context, { pace: { look: 50, beat: 100, life: 60_000 } }),
    },
    { LIVE_LISTENERS_PER_TENANT: '2' },
  );
});
afterAll(async () => {
  following.abort();
  await kit.stop();
});

type Told = { readonly id?: string; readonly event?: string; readonly data?: string };
type Following = {
  readonly status: number;
  readonly told: Told[];
  beats: number;
  isOver: boolean;
  leave(): void;
};
async function follow(caller: Caller, headers: Record<string, string> = {}): Promise<Following> {
  const leaving = new AbortController();
  const response = await fetch(`${kit.url}${streamFigures.path}`, {
    headers: { ...kit.headersOf({ role: 'admin', ...caller }), ...headers },
    signal: AbortSignal.any([following.signal, leaving.signal]),
  });
  const all: Following = {
    status: response.status,
    told: [],
    beats: 0,
    isOver: false,
    leave: () => leaving.abort(),
  };
  const reading = async () => {
    let text = '';
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString('utf8');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.startsWith(':')) all.beats++;
        else if (!block.startsWith('retry:'))
          all.told.push(
            Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Told,
          );
      }
    }
  };
  reading()
    .catch(() => undefined)
    .finally(() => (all.isOver = true));
  return all;
}
const newest = ({ told }: Following) =>
  JSON.parse(told.at(-1)?.data ?? 'null') as { points?: { issued: number } };
const issued = (one: Following, points: number) =>
  eventually(() => expect(newest(one).points?.issued).toBe(points));
const sequences = new Map<number, number>();
async function earn(tenantId: number): Promise<void> {
  const sequence = (sequences.get(tenantId) ?? 0) + 1;
  sequences.set(tenantId, sequence);
  await tell(kit, earned(7, 10, { tenantId, sequence, balance: 10 * sequence }));
}

test('two who listen are told of each change, another tenant of none, and a heartbeat comes meanwhile', async () => {
  const [tenantId, other] = [++tenants, ++tenants];
  const [first, second, elsewhere] = [
    await follow({ tenantId }),
    await follow({ tenantId }),
    await follow({ tenantId: other }),
  ];
  await issued(first, 0);
  await issued(elsewhere, 0);
  await earn(tenantId);
  await issued(first, 10);
  await issued(second, 10);
  await earn(tenantId);
  await issued(first, 20);
  await issued(second, 20);
  const beats = elsewhere.beats;
  await eventually(() => expect(elsewhere.beats).toBeGreaterThan(beats));
  expect(elsewhere.told).toHaveLength(1);
  expect(first.told.every(({ event, id }) => event === 'overview' && id !== undefined)).toBe(true);
  for (const one of [first, second, elsewhere]) one.leave();
});

test('who comes again with the last id is told nothing twice, only what changed', async () => {
  const tenantId = ++tenants;
  await earn(tenantId);
  const first = await follow({ tenantId });
  await issued(first, 10);
  const id = first.told.at(-1)?.id as string;
  first.leave();
  const again = await follow({ tenantId }, { 'last-event-id': id });
  await eventually(() => expect(again.beats).toBeGreaterThan(1));
  expect(again.told).toEqual([]);
  await earn(tenantId);
  await issued(again, 20);
  expect(again.told).toHaveLength(1);
  again.leave();
});

test.each(['of-another-figure', '"', ' ', 'ü', 'x'.repeat(8_000)])(
  'a last id that none of its figures has is no error: they are told (%.20s)',
  async (lastId) => {
    const tenantId = ++tenants;
    await earn(tenantId);
    const one = await follow({ tenantId }, { 'last-event-id': lastId });
    expect(one.status).toBe(200);
    await issued(one, 10);
    one.leave();
  },
);

test.each(['?since=1', '?page=1', '?__proto__=1'])('%s is refused, and named', async (query) => {
  const headers = kit.headersOf({ role: 'admin', tenantId: ++tenants });
  const response = await fetch(`${kit.url}${streamFigures.path}${query}`, { headers });
  const { error } = (await response.json()) as { error: { details: object } };
  expect([response.status, Object.keys(error.details)]).toEqual([400, [/\w+/.exec(query)?.[0]]]);
});

test('who shows no context follows nothing', async () => {
  const response = await fetch(`${kit.url}${streamFigures.path}`);
  await response.body?.cancel();
  expect(response.status).toBe(401);
});

test('more than a tenant may have are refused, and a place that was left is free', async () => {
  const tenantId = ++tenants;
  const first = await follow({ tenantId });
  await follow({ tenantId });
  expect((await follow({ tenantId })).status).toBe(429);
  expect((await follow({ tenantId: ++tenants })).status).toBe(200);
  first.leave();
  await eventually(async () => {
    const again = await follow({ tenantId });
    expect(again.status).toBe(200);
  });
});

test('those who leave before they are answered, or at once after, keep no place', async () => {
  const tenantId = ++tenants;
  const listening = async () => {
    const text = await kit.metrics();
    return Number(/^membership_stats_listeners\S* (\d+)$/m.exec(text)?.[1]);
  };
  const before = await listening();
  const headers = kit.headersOf({ role: 'admin', tenantId });
  const leaves = Array.from({ length: 60 }, async (_, number) => {
    const leaving = new AbortController();
    const answered = fetch(`${kit.url}${streamFigures.path}`, { headers, signal: leaving.signal });
    if (number % 3 === 0) setImmediate(() => leaving.abort());
    if (number % 3 === 1) setTimeout(() => leaving.abort(), number);
    await answered.catch(() => undefined);
    leaving.abort();
  });
  await Promise.all(leaves);
  await eventually(async () => expect(await listening()).toBe(before));
  const places = [await follow({ tenantId }), await follow({ tenantId })];
  expect(places.map(({ status }) => status)).toEqual([200, 200]);
  expect((await follow({ tenantId })).status).toBe(429);
  for (const place of places) place.leave();
});

test('only administrators follow', async () => {
  for (const role of ['member', 'internal'] as const) expect((await follow({ role })).status).toBe(403);
});

test('it ends when the tenant is suspended, and for a member whose session was ended', async () => {
  const [tenantId, other] = [++tenants, ++tenants];
  const [one, two] = [await follow({ tenantId, userId: 5 }), await follow({ tenantId, userId: 6 })];
  const elsewhere = await follow({ tenantId: other, userId: 5 });
  await issued(one, 0);
  await issued(two, 0);
  await issued(elsewhere, 0);
  const session = { memberId: 5, sessionId: 'a', by: 'self' as const, at: new Date().toISOString() };
  await tell(kit, joined(5, { tenantId }), fact(memberSessionEnded, 5, { tenantId, sequence: 2 }, session));
  await eventually(() =>
    expect([one.isOver, one.told.at(-1)]).toEqual([
      true,
      { event: 'end', data: '{"reason":"session_ended"}' },
    ]),
  );
  expect(two.isOver).toBe(false);
  const tenant = { tenantId, code: 't', name: 'T', timezone: 'UTC', locale: 'zh-CN', isActive: false };
  await tell(kit, fact(tenantSuspended, tenantId, { tenantId, sequence: 2 }, tenant));
  await eventually(() =>
    expect([two.isOver, two.told.at(-1)]).toEqual([
      true,
      { event: 'end', data: '{"reason":"tenant_suspended"}' },
    ]),
  );
  expect(elsewhere.isOver).toBe(false);
  elsewhere.leave();
});

test('what happened before somebody began to follow ends it no more, whoever else follows', async () => {
  const [tenantId, other] = [++tenants, ++tenants];
  const elsewhere = await follow({ tenantId: other });
  await issued(elsewhere, 0);
  const ended = { memberId: 5, sessionId: 'a', by: 'self' as const, at: new Date().toISOString() };
  const suspended = { tenantId, code: 't', name: 'T', timezone: 'UTC', locale: 'zh-CN', isActive: false };
  await tell(
    kit,
    joined(5, { tenantId }),
    fact(memberSessionEnded, 5, { tenantId, sequence: 2 }, ended),
    fact(tenantSuspended, tenantId, { tenantId, sequence: 2 }, suspended),
    joined(6, { tenantId }),
  );
  await eventually(async () => {
    const { body } = await kit.as({ role: 'admin', tenantId }).call(getStatsOverview, {});
    expect(body.members?.total).toBe(2);
  });
  const again = await follow({ tenantId, userId: 5 });
  await eventually(() => expect(again.beats).toBeGreaterThan(2));
  expect([again.isOver, again.told.map(({ event }) => event)]).toEqual([false, ['overview']]);
  // What happens from now on does.
  await tell(kit, fact(memberSessionEnded, 5, { tenantId, sequence: 3 }, ended));
  await eventually(() => expect(again.isOver).toBe(true));
  elsewhere.leave();
});

test('it ends with all sessions of a member: another role, a second factor that somebody else has reset', async () => {
  const tenantId = ++tenants;
  const [one, two] = [await follow({ tenantId, userId: 5 }), await follow({ tenantId, userId: 6 })];
  await issued(one, 0);
  await issued(two, 0);
  const state = (id: number, role: 'member' | 'admin') => {
    const { data } = joined(id, { tenantId });
    return { ...(data as FactOf<typeof memberUpdated>), role };
  };
  const factor = (sequence: number, by: 'self' | 'administrator') => {
    const data = { memberId: 6, change: 'disabled' as const, by, at: new Date().toISOString() };
    return fact(memberSecondFactorChanged, 6, { tenantId, sequence }, data);
  };
  // Another name, or one's own second factor turned off, ends no session.
  await tell(kit, fact(memberUpdated, 5, { tenantId, sequence: 2 }, state(5, 'admin')), factor(2, 'self'));
  await tell(kit, fact(memberUpdated, 5, { tenantId, sequence: 3 }, state(5, 'member')));
  await eventually(() => expect(one.told.at(-1)?.data).toBe('{"reason":"session_ended"}'));
  expect(two.isOver).toBe(false);
  await tell(kit, factor(3, 'administrator'));
  await eventually(() => expect(two.told.at(-1)?.data).toBe('{"reason":"session_ended"}'));
});

test('a process that stops ends what is open', async () => {
  const tenantId = ++tenants;
  const one = await follow({ tenantId });
  await issued(one, 0);
  await kit.restart();
  await eventually(() =>
    expect([one.isOver, one.told.at(-1)?.data]).toEqual([true, '{"reason":"stopping"}']),
  );
});
