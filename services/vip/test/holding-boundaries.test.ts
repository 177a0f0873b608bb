/** At each boundary of a holding's life, reading, counting, and what the job writes down say the same, to the millisecond. */
import * as contracts from '@membership/contracts/endpoints/vip/user-tags';
import { Directory } from '@membership/platform/directory';
import { Failures } from '@membership/platform/failures';
import { idsOf } from '@membership/platform/ids';
import { createLogger } from '@membership/platform/log';
import { createMetrics } from '@membership/platform/metrics';
import { scopeOfJob } from '@membership/platform/scope';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { transactionsOf } from '@membership/platform/transaction';
import { HoldingCensus } from '../src/holdings/census-repository.ts';
import { runClock } from '../src/holdings/run-clock.ts';
import { UserTagRepository } from '../src/holdings/user-tag-repository.ts';
import { DAY, statusAt, type Status } from '../src/holdings/user-tag.ts';
import { userTagViews } from '../src/holdings/user-tags.views.ts';
import { modelsOf } from '../src/models.ts';
import { vipService } from '../src/service.ts';
import { TagRepository } from '../src/tags/tag-repository.ts';
import { aTag, aTenantOf, grantTo } from './builders.ts';

let kit: ServiceKit;
beforeAll(async () => {
  // The service's own clock is far away: these tests bring theirs.
  kit = await startServiceKit(vipService, { VIP_CLOCK_SECONDS: '3600' });
});
const metrics = createMetrics('vip');
const steps = metrics.counter('steps', 'Steps', ['action']);
afterAll(async () => {
  await metrics.close();
  await kit.stop();
});

const STATUSES = ['active', 'grace', 'suspended', 'expired', 'revoked'] as const;
const signal = new AbortController().signal;

/** The service's own pieces on its database, with a clock that the test sets. */
function piecesOf({ connection }: ServiceKit) {
  connection.deleteModel(/.*/);
  const models = modelsOf(connection);
  const logger = createLogger({ service: 'vip', level: 'silent' });
  return {
    userTags: new UserTagRepository(models.userTags, models.history),
    census: new HoldingCensus(models.userTags),
    tags: new TagRepository(models.tags),
    directory: new Directory({ connection, gatewayUrl: 'http://127.0.0.1:9', service: 'vip', logger }),
    ids: idsOf(connection),
    steps,
    transactions: transactionsOf(connection, 'vip'),
    graceDays: 7,
    renewalLeadMs: DAY,
    logger,
  };
}

test.each<[string, { suspended?: boolean; days: number; offset: number }, Status, string | null]>([
  ['a moment before its end', { days: 30, offset: -1 }, 'active', null],
  ['at its end', { days: 30, offset: 0 }, 'grace', 'grace_started'],
  ['a moment before its grace ends', { days: 37, offset: -1 }, 'grace', 'grace_started'],
  ['when its grace ends', { days: 37, offset: 0 }, 'expired', 'expired'],
  ['suspended, past its end', { suspended: true, days: 30, offset: 1 }, 'suspended', null],
  ['suspended, a moment before its grace ends', { suspended: true, days: 37, offset: -1 }, 'suspended', null],
  ['suspended, when its grace ends', { suspended: true, days: 37, offset: 0 }, 'expired', 'expired'],
])('%s', async (_name, { suspended = false, days, offset }, expected, action) => {
  const { admin, asJohn, john, tenantId } = await aTenantOf(kit);
  const { id } = await grantTo(admin, john, (await aTag(admin)).id, { duration_days: 30 });
  const params = { id: String(id) };
  if (suspended) await admin.ask(contracts.suspendUserTag, { params, body: {} });
  const pieces = piecesOf(kit);
  const failures = new Failures(pieces.logger, 'test');
  const scope = scopeOfJob(tenantId, 'vip', 'test');
  const held = await pieces.userTags.get(scope, id);
  const now = new Date((held.expiresAt as Date).getTime() + (days - 30) * DAY + offset);

  const saysSo = async () => {
    const [view] = await userTagViews(pieces, scope, [await pieces.userTags.get(scope, id)], now);
    const gives = expected === 'active' || expected === 'grace';
    expect(view).toMatchObject({
      status: expected,
      vip_status: {
        is_active: gives,
        is_expired: expected === 'expired',
        is_in_grace_period: expected === 'grace',
      },
    });
    const sort = { grantedAt: -1, _id: -1 } as const;
    const listed: [Status, number][] = [];
    for (const status of STATUSES) {
      const { count, items } = await pieces.userTags.list(
        scope,
        { status },
        sort,
        { page: 1, size: 20 },
        now,
      );
      expect(items).toHaveLength(count);
      listed.push([status, count]);
    }
    expect(listed).toEqual(STATUSES.map((status) => [status, status === expected ? 1 : 0]));
    const { members, groups } = await pieces.census.count(scope, now, now);
    expect([members, groups.map(({ status, count }) => [status, count])]).toEqual([
      gives ? 1 : 0,
      [[expected, 1]],
    ]);
  };
  await saysSo();
  expect(await runClock(pieces, { run: 'test', signal, failures, now, tenantId })).toBe(
    action === null ? 0 : 1,
  );
  expect(await runClock(pieces, { run: 'test', signal, failures, now, tenantId })).toBe(0);
  await saysSo();
  const written = await pieces.userTags.get(scope, id);
  expect([written.status, statusAt(written, now)]).toEqual([expected, expected]);
  const { items } = await asJohn.ask(contracts.listUserTagHistory, { params });
  const before = suspended ? ['suspended', 'granted'] : ['granted'];
  expect(items.map((entry) => entry.action)).toEqual(action === null ? before : [action, ...before]);
});
