/** Wires the gateway. */
import { allEndpoints } from '@membership/contracts/endpoints/index';
import type { Deed } from '@membership/platform/deed';
import { contextKey, type ContextKey } from '@membership/platform/http/context';
import { rememberErased } from '@membership/platform/erased-tenants';
import { scheduleJob } from '@membership/platform/job';
import type { RequestFacts } from '@membership/platform/http/implement';
import { scopeOfContext, type TenantScope } from '@membership/platform/scope';
import type { Bus } from '@membership/platform/bus';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import type { UnitOfWork } from '@membership/platform/transaction';
import { ApiKeyProof } from './api-keys/api-key-proof.ts';
import { ApiKeyRepository } from './api-keys/api-key-repository.ts';
import { apiKeysRoutes } from './api-keys/api-keys.routes.ts';
import { KeyUses } from './api-keys/key-uses.ts';
import { Callers } from './callers/callers.ts';
import { foldNames } from './storage/fold-names.ts';
import { callerRecords } from './storage/records.ts';
import { RevocationRepository } from './tokens/revocation-repository.ts';
import { Revocations } from './tokens/revocations.ts';
import { ownContext } from './callers/signed-context.ts';
import { ClientRepository } from './clients/client-repository.ts';
import { TenantHosts } from './callers/tenant-hosts.ts';
import { clientsRoutes } from './clients/clients.routes.ts';
import { keyName, upstreams as upstreamNames, type settings as settingFields } from './config.ts';
import { accessLogOf, unreadableLogOf } from './edge/access-log.ts';
import { proxiesIn } from './edge/client-address.ts';
import { CONSOLE_DIR, consoleOf } from './pages/console.ts';
import { crossOrigin } from './edge/cross-origin.ts';
import { createEdge } from './edge/edge.ts';
import { proxyMetrics } from './edge/proxy-metrics.ts';
import { dialectOf } from './edge/request-path.ts';
import { deadLettersRoutes } from './dead-letters/dead-letters.routes.ts';
import { ownParkedEvents, parkedEventsOf } from './dead-letters/parked-events.ts';
import { externalIssuers } from './external-issuers/external-issuers.ts';
import { healthRoutes } from './health/health.ts';
import { webhookSecrets } from './storage/webhook-secrets.ts';
import { Quotas } from './limits/quotas.ts';
import { RateLimits } from './limits/rate-limits.ts';
import { TenantPlaces } from './limits/tenant-places.ts';
import { TenantUsage } from './limits/tenant-usage.ts';
import { UsageRepository } from './limits/usage-repository.ts';
import { PlanRepository } from './plans/plan-repository.ts';
import { plansRoutes } from './plans/plans.routes.ts';
import { lookupServer } from './lookups/lookup-server.ts';
import { MemberLevelRepository } from './storage/member-level-repository.ts';
import { ensureSuper } from './members/first-super.ts';
import { ANONYMOUS } from './domain/caller.ts';
import { ImportReportRepository } from './members/import-report-repository.ts';
import type { Member } from './domain/member.ts';
import { MemberRepository } from './storage/member-repository.ts';
import { membersRoutes } from './members/members.routes.ts';
import { outgoingWebhooks } from './outgoing-webhooks/outgoing-webhooks.ts';
import { pagesOf } from './pages/pages.ts';
import { UpstreamDirectory } from './proxy/upstream-directory.ts';
import { addressGuard } from './addresses/addresses.ts';
import { LinkRequests } from './password-links/link-requests.ts';
import { PasswordLinkRepository } from './password-links/password-link-repository.ts';
import { passwordLinksRoutes } from './password-links/password-links.routes.ts';
import { SecondFactorRepository } from './credentials/second-factor-repository.ts';
import { secondFactorRoutes } from './second-factor/second-factor.routes.ts';
import { endSessionsOf } from './sessions/end-sessions.ts';
import { KnownSecrets } from './clients/issue-service-token.ts';
import { LoginFailureRepository } from './credentials/login-failure-repository.ts';
import { OneTimeTokenRepository } from './credentials/one-time-token-repository.ts';
import { Passwords } from './credentials/passwords.ts';
import { SessionRepository } from './sessions/session-repository.ts';
import { retiredIndexes } from './retired-indexes.ts';
import { openSessionsRoutes } from './sessions/open-sessions.routes.ts';
import { browserSessionsRoutes } from './browser-sessions/browser-sessions.routes.ts';
import { sessionsRoutes } from './sessions/sessions.routes.ts';
import { KeyRing } from './tokens/key-ring.ts';
import { keepAdopting } from './tokens/rotate-token-key.ts';
import { TokenKeyRepository } from './tokens/token-key-repository.ts';
import { settingsKeys, tokenSettingsOf } from './tokens/settings-keys.ts';
import { tokenKeysRoutes } from './tokens/token-keys.routes.ts';
import { TenantRepository } from './storage/tenant-repository.ts';
import { tenantsRoutes } from './tenants/tenants.routes.ts';
import { heardAnyway, subscriptions } from './subscriptions.ts';
import { SealedSecrets } from './resealing/sealed-secrets.ts';
import { SecretBox } from './secrets/secret-box.ts';
import { secretsRoutes } from './resealing/secrets.routes.ts';

const DAY = 86_400_000;

export async function build(context: ServiceContext<typeof settingFields>): Promise<ServiceParts> {
  const { connection, transactions, ids, settings, secret, logger, metrics, fingerprintKeys } = context;
  const keySettings = tokenSettingsOf(settings);
  const own = settingsKeys({ settings, secret, tokenSettings: keySettings });
  const tokenKeys = new TokenKeyRepository(connection);
  const keyBox = new SecretBox(secret('WEBHOOK_SECRET_KEY'), 'token-keys');
  const keys = new KeyRing({
    own: own.tokens,
    settings: keySettings,
    repository: tokenKeys,
    box: keyBox,
    logger,
  });
  const tokenKeyTools = {
    tokenKeys,
    box: keyBox,
    settings: keySettings,
    accessTokenSeconds: settings.ACCESS_TOKEN_SECONDS,
    logger,
    tellOfKeys: (unit: UnitOfWork) => revocations.tellOfKeys(unit),
    learn: () => void keys.learn().catch(() => undefined),
  };
  const members = new MemberRepository(connection);
  const tenants = new TenantRepository(connection);
  const clients = new ClientRepository(connection);
  const sessions = new SessionRepository(connection);
  const failures = new LoginFailureRepository(connection);
  const factors = new SecondFactorRepository(connection);
  const tokens = new OneTimeTokenRepository(connection);
  const levels = new MemberLevelRepository(connection);
  const imports = new ImportReportRepository(connection);
  const revocations = new Revocations(new RevocationRepository(connection), logger, () => keys.learn());
  const records = callerRecords(connection);
  const apiKeys = new ApiKeyRepository(connection);
  const keyUses = new KeyUses(apiKeys, logger);
  const passwords = new Passwords(own.derived('salts-of-names'));
  const accessTokenSeconds = settings.ACCESS_TOKEN_SECONDS;
  const endSessions = endSessionsOf({ sessions, revocations, accessTokenSeconds });
  const refreshKeys = own.derived('refresh-tokens');
  const proofKeys = own.derived('proofs-of-contexts');
  const internalKeys = new Map(upstreamNames.map((name) => [name, secret(keyName(name))]));
  const upstreams = new UpstreamDirectory(settings, internalKeys, logger, metrics);
  const pages = pagesOf(settings.PUBLIC_URL);
  const console = consoleOf(settings.CONSOLE_DIR ?? CONSOLE_DIR, settings.PUBLIC_URL);
  const secretBox = new SecretBox(secret('WEBHOOK_SECRET_KEY'));
  const secrets = webhookSecrets(tenants, secretBox, logger);
  const guard = addressGuard({
    allowed: settings.WEBHOOK_ALLOWED_NETWORKS,
    denied: settings.WEBHOOK_DENIED_NETWORKS,
    ports: settings.WEBHOOK_PORTS,
  });
  const httpsOnly = settings.NODE_ENV === 'production';
  const webhooks = outgoingWebhooks(context, {
    tenants,
    secrets: secretBox,
    heardAnyway,
    guard,
    httpsOnly,
  });
  const links = new PasswordLinkRepository(connection);
  const memberTools = { members, tenants, ids, passwords, records, endSessions, tokens, links };
  const issuers = externalIssuers(context, { memberTools, guard, httpsOnly });
  // Where there is no Redis, its client is not loaded: 8 MB.
  const store = settings.REDIS_URL
    ? new (await import('@membership/platform/shared-store')).SharedStore({
        url: settings.REDIS_URL,
        prefix: settings.REDIS_PREFIX,
        logger,
        metrics,
        gauge: 'membership_gateway_redis_up',
        says: { up: 'limits are counted together', away: 'each gateway counts its limits by itself' },
      })
    : undefined;
  const limits = new RateLimits(
    {
      member: settings.RATE_LIMIT_MEMBER,
      admin: settings.RATE_LIMIT_ADMIN,
      internal: settings.RATE_LIMIT_INTERNAL,
      address: settings.RATE_LIMIT_ADDRESS,
    },
    store,
  );
  const plans = new PlanRepository(connection);
  const usage = new TenantUsage(new UsageRepository(connection), logger, metrics);
  const places = new TenantPlaces(store);
  const hosts = new TenantHosts(records, settings.PUBLIC_URL);
  const edge = createEdge({
    endpoints: allEndpoints,
    callers: new Callers({
      keys,
      records,
      revocations,
      foreign: issuers.callers,
      apiKeys: new ApiKeyProof({ records, failures, uses: keyUses }),
    }),
    limits,
    quotas: new Quotas(usage, places),
    upstreams,
    revocations,
    proofKeys,
    sites: [pages, console],
    hosts,
    webhooks: { records, secrets },
    crossOrigin: crossOrigin(settings.CORS_ORIGINS, { isHttps: settings.PUBLIC_URL.startsWith('https:') }),
    metrics: proxyMetrics(metrics),
    accessLog: accessLogOf(settings.ACCESS_LOG, logger, { sample: settings.ACCESS_LOG_SAMPLE }),
    logger,
    isProxy: proxiesIn(settings.TRUST_PROXY),
    upstreamTimeout: settings.UPSTREAM_TIMEOUT_MS,
  });
  const addressOf = (http: RequestFacts) => edge.addressOf(http.raw.request);
  const caller = (http: RequestFacts) => edge.callerOf(http.raw.request);
  const deedOf = (http: RequestFacts): Deed => ({ actor: caller(http).sub, requestId: http.id });
  /** The scope of this request's caller in a tenant; of `by` where a request proves who it is on its way, or may come from anybody. */
  const scopeIn = (http: RequestFacts, tenantId: number, by?: Member | 'anybody'): TenantScope => {
    const claims = ownContext(by === 'anybody' ? ANONYMOUS : caller(http), {
      requestId: http.id,
      language: http.language,
    });
    const proved =
      typeof by === 'object' ? { sub: `user:${by.id}`, uid: by.id, name: by.username, role: by.role } : {};
    return scopeOfContext(
      { ...claims, ...proved, tid: tenantId },
      http.headers.traceparent as string | undefined,
    ) as TenantScope;
  };
  const contextKeys = new Map([...internalKeys].map(([name, held]) => [name, held.of(contextKey)]));
  const lookups = lookupServer({
    members,
    tenants,
    keysOf: (service) => (contextKeys.get(service) as () => readonly [ContextKey, ...ContextKey[]])(),
    proofKeys,
    applicationsUrl: (cell) => upstreams.for('applications', cell).url,
    logger,
  });
  const linkTools = {
    ...{ members, tenants, tokens, passwords, records, failures, endSessions, links },
    linkHours: { invitation: settings.INVITATION_HOURS, reset: settings.PASSWORD_RESET_HOURS },
  };
  const linkRequests = new LinkRequests({ ...linkTools, transactions, logger });
  /** The tenant at whose own host a request asks: a login that names none is one there. */
  const tenantOf = async (http: RequestFacts) => (await hosts.ownerOf(http.raw.request.headers.host))?._id;
  const origin = { caller, scopeIn, address: addressOf, tenantOf };
  const sessionTools = {
    ...{ members, tenants, sessions, clients, failures, passwords, transactions, revocations, records },
    ...{ endSessions, levels, keys, refreshKeys, logger, accessTokenSeconds, factors, tokens },
    superSecondFactor: settings.SUPER_SECOND_FACTOR,
    sessionTimes: {
      refreshTokenDays: settings.REFRESH_TOKEN_DAYS,
      sessionDays: settings.SESSION_DAYS,
      graceSeconds: settings.REFRESH_GRACE_SECONDS,
    },
    seconds: accessTokenSeconds,
    known: new KnownSecrets(),
  };
  let ownBus: Bus | undefined;
  return {
    retiredIndexes,
    isPublic: true,
    authenticate: edge.authenticate,
    handle: edge.handle,
    onUnreadable: unreadableLogOf(settings.ACCESS_LOG, logger),
    dialectOf,
    implementations: [
      ...sessionsRoutes(sessionTools, origin),
      ...secondFactorRoutes({ ...sessionTools, box: secretBox }, origin),
      ...browserSessionsRoutes({ ...sessionTools, box: secretBox }, origin, settings.PUBLIC_URL),
      ...passwordLinksRoutes(linkTools, linkRequests, origin),
      ...openSessionsRoutes({ members, sessions, endSessions, logger }, origin),
      ...tenantsRoutes(
        {
          tenants,
          plans,
          ids,
          records,
          secrets: secretBox,
          known: secrets,
          rememberErased: (tenantId, session) => rememberErased(connection, tenantId, session),
          cells: Object.keys(settings.CELLS),
          publicHost: new URL(settings.PUBLIC_URL).hostname,
        },
        (http) => (tenantId) => scopeIn(http, tenantId),
      ),
      ...plansRoutes({ plans, tenants, usage, logger }, deedOf),
      ...membersRoutes(
        {
          ...{ ...memberTools, failures, imports, transactions, fingerprintKeys, factors },
          forgetDeliveries: (scope, memberId, unit) => webhooks.forgetMember(scope, memberId, unit),
        },
        addressOf,
      ),
      ...clientsRoutes({ clients, passwords, records }),
      ...apiKeysRoutes({ keys: apiKeys, records }),
      ...issuers.implementations,
      ...tokenKeysRoutes(tokenKeyTools, deedOf),
      ...secretsRoutes({
        sealed: new SealedSecrets({ connection, box: secretBox, keyBox }),
        box: secretBox,
        internalKeys,
        logger,
        deedOf,
      }),
      ...webhooks.implementations,
      ...deadLettersRoutes({
        places: [
          ownParkedEvents(() => ownBus),
          ...upstreams.all.map((one) => parkedEventsOf(one, proofKeys)),
        ],
        askingOf: (http) => ({
          caller: caller(http),
          marks: { requestId: http.id, language: http.language },
        }),
        deedOf,
        logger,
      }),
      ...healthRoutes({
        upstreams: upstreams.all,
        readiness: context.readiness,
      }),
      ...pages.implementations,
    ],
    subscriptions: subscriptions(levels, webhooks),
    async start(bus) {
      ownBus = bus;
      await ensureSuper(
        { members, ids, passwords, transactions, logger },
        { username: settings.SUPER_USERNAME, password: settings.SUPER_PASSWORD },
        new Date(),
      );
      const stopAdopting = await keepAdopting(tokenKeyTools, transactions, own.material);
      await keys.start();
      await revocations.start();
      upstreams.watch();
      store?.start();
      const port = await lookups.listen(settings.INTERNAL_PORT, settings.HOST);
      logger.info({ port }, 'look-ups are answered');
      const folding = scheduleJob({
        ...{ connection, logger, metrics },
        name: 'name-folding',
        every: DAY,
        // A process of the version before finds names only under the keys that it writes itself.
        startAfter: settings.NAME_FOLDING_AFTER_SECONDS * 1_000,
        run: ({ signal }) => foldNames(connection, signal),
      });
      const stopWebhooks = webhooks.start(bus);
      return async () => {
        await Promise.all([folding.stop(), stopWebhooks(), stopAdopting()]);
      };
    },
    async stop() {
      await lookups.close({ lingerMilliseconds: 0, idleMilliseconds: 0, requestMilliseconds: 1_000 });
      await linkRequests.stop();
      await keyUses.write();
      await usage.stop();
      places.stop();
      await revocations.stop();
      await keys.stop();
      await issuers.stop();
      await upstreams.close();
      store?.stop();
    },
  };
}
