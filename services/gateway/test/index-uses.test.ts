/** Each index is named with the question that needs it: one that none needs costs every write. */
import { indexFaults, type IndexUse, type IndexUses } from '@membership/platform/testing/index-uses';
import { startGateway, type GatewayKit } from './gateway-kit.ts';

let gateway: GatewayKit;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.stop());

const now = new Date();
const all = { tenantId: 1 };
const inOrder = { createdAt: 1, _id: 1 } as const;
const erasure: IndexUse = { why: 'the erasure of a tenant', filter: all };

const USES: IndexUses = {
  tenants: {
    name_1__id_1: { why: 'listTenants by name', filter: {}, sort: { name: 1, _id: 1 }, isWhole: true },
    createdAt_1__id_1: { why: 'listTenants', filter: {}, sort: inOrder, isWhole: true },
  },
  tenant_plans: {
    name_1__id_1: { why: 'listTenantPlans by name', filter: {}, sort: { name: 1, _id: 1 }, isWhole: true },
    createdAt_1__id_1: { why: 'listTenantPlans', filter: {}, sort: inOrder, isWhole: true },
  },
  tenant_usage: {
    tenantId_1_day_1: { why: 'getUsage', filter: { ...all, day: { $gte: '2026-01-01' } } },
  },
  members: {
    tenantId_1_joinedAt_1__id_1: { why: 'listMembers', filter: all, sort: { joinedAt: -1, _id: -1 } },
    tenantId_1_role_1_isActive_1_joinedAt_1__id_1: {
      why: 'listMembers of a role that may log in',
      filter: { ...all, role: 'admin', isActive: true },
      sort: { joinedAt: -1, _id: -1 },
    },
    usernameKey_1_passwordHash_1: {
      why: 'login without a tenant',
      filter: { usernameKey: 'john', passwordHash: 'hash', isActive: true },
    },
  },
  member_levels: { tenantId_1__id_1: erasure },
  second_factors: { tenantId_1__id_1: erasure },
  one_time_tokens: {
    tenantId_1_memberId_1_purpose_1: {
      why: 'tokens of a member that another one ends',
      filter: { ...all, memberId: 5, purpose: 'login' },
    },
  },
  sessions: {
    tenantId_1_memberId_1_refreshedAt_1: {
      why: 'listOwnSessions, and which is ended where there are too many',
      filter: { ...all, memberId: 5, endedAt: null },
      sort: { refreshedAt: 1 },
    },
  },
  api_keys: {
    tenantId_1_createdAt_1__id_1: { why: 'listApiKeys', filter: all, sort: inOrder },
    tenantId_1_name_1__id_1: { why: 'listApiKeys by name', filter: all, sort: { name: 1, _id: 1 } },
  },
  clients: {
    tenantId_1_createdAt_1__id_1: { why: 'listClients', filter: all, sort: inOrder },
    tenantId_1__id_1: { why: 'listClients by client_id', filter: all, sort: { _id: 1 } },
  },
  external_issuers: {
    tenantId_1_createdAt_1__id_1: { why: 'listExternalIssuers', filter: all, sort: inOrder },
    tenantId_1_isEnabled_1_createdAt_1__id_1: {
      why: 'listExternalIssuers that are enabled',
      filter: { ...all, isEnabled: true },
      sort: inOrder,
    },
    issuer_1_isEnabled_1: {
      why: 'whose tokens an issuer signs',
      filter: { issuer: { $in: ['https://issuer.example'] }, isEnabled: true },
    },
  },
  external_issuer_keys: { tenantId_1: erasure },
  password_links: {
    tenantId_1_memberId_1: {
      why: 'links of a member that another one ends',
      filter: { ...all, memberId: 5 },
    },
  },
  webhook_endpoints: {
    tenantId_1_createdAt_1__id_1: { why: 'listWebhookEndpoints', filter: all, sort: inOrder },
    tenantId_1_isEnabled_1_createdAt_1__id_1: {
      why: 'listWebhookEndpoints that are enabled',
      filter: { ...all, isEnabled: true },
      sort: inOrder,
    },
    isEnabled_1_eventTypes_1: {
      why: 'whether any endpoint of any tenant wants an event',
      filter: { isEnabled: true, eventTypes: 'points.earned.v1' },
    },
  },
  webhook_endpoint_counts: { tenantId_1: erasure },
  webhook_deliveries: {
    tenantId_1_createdAt_1__id_1: { why: 'listWebhookDeliveries', filter: all, sort: inOrder },
    tenantId_1_status_1_createdAt_1__id_1: {
      why: 'listWebhookDeliveries by status',
      filter: { ...all, status: 'failed' },
      sort: inOrder,
    },
    tenantId_1_type_1_createdAt_1__id_1: {
      why: 'listWebhookDeliveries of an event',
      filter: { ...all, type: 'points.earned.v1' },
      sort: inOrder,
    },
    tenantId_1_endpointId_1_createdAt_1__id_1: {
      why: 'listWebhookDeliveries of an endpoint',
      filter: { ...all, endpointId: 3 },
      sort: inOrder,
    },
    tenantId_1_endpointId_1_status_1_createdAt_1__id_1: {
      why: 'the replay of what failed at an endpoint',
      filter: { ...all, endpointId: 3, status: 'failed', createdAt: { $gte: now } },
      sort: inOrder,
    },
    tenantId_1_memberId_1__id_1: {
      why: 'the erasure of a member: what holds its names',
      filter: { ...all, memberId: 5, type: { $in: ['member.created.v1'] } },
    },
    status_1_endpointId_1_nextAttemptAt_1: {
      why: 'what is due at an endpoint',
      filter: { status: 'pending', endpointId: 3, nextAttemptAt: { $lte: now } },
      sort: { nextAttemptAt: 1 },
    },
  },
  revocations: { at_1: { why: 'what was revoked since', filter: { at: { $gte: now } } } },
};

test('every index is named with a question that needs it', async () => {
  expect(await indexFaults(gateway.kit.connection, USES)).toEqual([]);
});

test('an index that a version before had and nothing needs is dropped at each start: such a process may have made it again', async () => {
  for (const _time of [1, 2]) {
    await gateway.kit.connection.collection('password_links').createIndex({ tenantId: 1, _id: 1 });
    await (await gateway.aReplica()).stop();
    expect(await indexFaults(gateway.kit.connection, USES)).toEqual([]);
  }
});
