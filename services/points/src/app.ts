/** Wires the points service: storage, verbs, doors. The only file that knows every area. */
import * as contracts from '@membership/contracts/endpoints/points/index';
import { endpointsIn } from '@membership/contracts/endpoint';
import { answersOf } from '@membership/platform/answers/answers-of';
import { Directory } from '@membership/platform/directory';
import { GroupCommit } from '@membership/platform/group-commit';
import { scheduleJob } from '@membership/platform/job';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import type { ServiceContext, ServiceDefinition, ServiceParts } from '@membership/platform/service';
import { Activities } from './activities/activities.ts';
import { activityRoutes } from './activities/activities.routes.ts';
import { ShownProfiles } from './balances/shown-profiles.ts';
import { Benefits } from './benefits/benefits.ts';
import { benefitRoutes } from './benefits/benefits.routes.ts';
import { pointsSettings } from './config.ts';
import type { Ledger } from './ledger/ledger.ts';
import { batchRoutes } from './ledger/batch.routes.ts';
import { commit } from './ledger/commit.ts';
import { CurrentProfiles } from './ledger/current-profiles.ts';
import { expireByHand, expireDuePoints } from './ledger/expire-due-points.ts';
import { HoldRepository } from './holds/hold-repository.ts';
import { PurchaseHolds } from './holds/purchase-holds.ts';
import { holdRoutes } from './holds/holds.routes.ts';
import { ledgerRoutes } from './ledger/ledger.routes.ts';
import { membersOf, type Command } from './ledger/command.ts';
import type { Outcome } from './ledger/outcome.ts';
import { openingOnNeed } from './ledger/open-on-need.ts';
import { LedgerShape } from './ledger/ledger-shape.ts';
import { ProfileOpening } from './ledger/profile-opening.ts';
import { ProfileRepository } from './ledger/profile-repository.ts';
import { moveSumsOn } from './ledger/move-sums-on.ts';
import { RecordSumsRepository } from './ledger/record-sums-repository.ts';
import { profileRoutes } from './ledger/profile.routes.ts';
import { followLevels } from './levels/follow-levels.ts';
import { levelRoutes } from './levels/levels.routes.ts';
import { UserLevels } from './levels/user-levels.ts';
import { MemberLevels } from './member-levels/change-member-level.ts';
import { memberLevelRoutes } from './member-levels/member-levels.routes.ts';
import { SettingMemberLevels } from './member-levels/set-member-level.ts';
import { MemberDetailsKeeping } from './memberships/member-details.ts';
import { eraseMembership } from './memberships/erase-membership.ts';
import { membershipRoutes } from './memberships/membership.routes.ts';
import { migrations, retiredIndexes } from './migrations.ts';
import { modelsOf } from './models.ts';
import { QuotaConsumption } from './permissions/consume-quota.ts';
import { memberPointsRoutes } from './orders/member-points.routes.ts';
import { OrderRepository } from './orders/order-repository.ts';
import { MemberTags } from './permissions/member-tags.ts';
import { quotaRoutes } from './permissions/quotas.routes.ts';
import { RedemptionItems } from './redemptions/redemption-items.ts';
import { redemptionRoutes } from './redemptions/redemptions.routes.ts';
import { Awarding } from './rules/award-points.ts';
import { AwardRules } from './rules/award-rules.ts';
import { DryRun } from './rules/dry-run.ts';
import { ruleRoutes } from './rules/rules.routes.ts';
import { subscriptions } from './subscriptions.ts';
import { StatementRepository } from './ledger/statement-repository.ts';
import { statementRoutes } from './ledger/statement.routes.ts';
import { SettingsChange } from './settings/change-settings.ts';
import { settingsRoutes } from './settings/settings.routes.ts';
import { ShownDefinitions } from './tenants/shown-definitions.ts';
import { TenantDefinitions } from './tenants/tenant-definitions.ts';
import { takeWebhooks } from './webhooks/take-webhook.ts';
import type { Webhook, WebhookAnswer } from './domain/webhook.ts';
import { webhookRoutes } from './webhooks/webhooks.routes.ts';

/** The sums of records are exact without this: it keeps what they still have to add up short. */
const SUMS_EVERY_MS = 60_000;

type Context = ServiceContext<typeof pointsSettings>;

export const pointsService: ServiceDefinition<typeof pointsSettings> = {
  name: 'points',
  settings: pointsSettings,
  secrets: ['INTERNAL_KEY'],
  endpoints: endpointsIn(contracts),
  build: buildPoints,
};

async function buildPoints(context: Context): Promise<ServiceParts> {
  const { connection, transactions, ids, logger, metrics, settings, secret, fingerprintKeys } = context;
  const models = modelsOf(connection);
  const directory = new Directory({
    connection,
    gatewayUrl: settings.GATEWAY_INTERNAL_URL,
    service: 'points',
    logger,
  });
  const definitions = new TenantDefinitions(models, ids, transactions, (scope, session) =>
    directory.readTenant(scope, session),
  );
  const sums = new RecordSumsRepository(models);
  const profiles = new ProfileRepository(models, sums);
  const opening = new ProfileOpening(
    models,
    definitions,
    directory,
    transactions,
    new LedgerShape(connection),
  );
  const moved = metrics.counter('membership_points_moved_total', 'Points moved, by kind of movement', [
    'type',
  ]);
  const ledger: Ledger = {
    models,
    ids,
    definitions,
    moved,
    onCommit: (changes, now) => profiles.commit(changes, now),
    zoneOf: (scope, session) => definitions.zoneOf(scope, session),
  };
  const group = new GroupCommit<Command, Outcome>({
    name: 'ledger',
    connection,
    transactions,
    metrics,
    maximum: settings.GROUP_COMMIT_MAXIMUM,
    maximumWaiting: settings.GROUP_COMMIT_WAITING,
    deadline: settings.WRITE_DEADLINE_MS,
    keysOf: membersOf,
    decide: (items, unit) => commit(ledger, items, unit),
  });
  const awarding = new Awarding(ledger, opening);
  const tags = new MemberTags(models, definitions);
  const details = new MemberDetailsKeeping(models);
  const orders = new OrderRepository(models);
  const setting = new SettingMemberLevels(models, ids, definitions, opening);
  directory.listen({
    onTenant: async (scope, _tenant, unit) => {
      await definitions.setUpWithin(scope, unit);
      // Its zone may be another.
      await definitions.changed(scope, unit);
    },
    onMember: (scope, member, unit) => opening.openWithin(scope, member, unit),
    onErased: (scope, { _id }, unit) => eraseMembership(models, scope, _id, unit),
  });
  const webhooks = new GroupCommit<Webhook, WebhookAnswer>({
    ...{ name: 'webhooks', connection, transactions, metrics },
    // What rules give takes many steps: a transaction of more would last long enough to be in others' way.
    maximum: 16,
    maximumWaiting: settings.GROUP_COMMIT_WAITING,
    deadline: settings.WRITE_DEADLINE_MS,
    keysOf: ({ event_data: { user_id: memberId } }) => (memberId === undefined ? [] : [memberId]),
    decide: (items, unit) => takeWebhooks({ ledger, opening, awarding, details, orders }, items, unit),
  });
  const current = new CurrentProfiles(opening, profiles, group);
  const answers = await answersOf(context, {
    balances: settings.BALANCES_CACHE_SECONDS,
    levels: settings.LEVELS_CACHE_SECONDS,
    benefits: settings.BENEFITS_CACHE_SECONDS,
  });
  const shownProfiles = new ShownProfiles(answers, current);
  const shown = new ShownDefinitions(answers, definitions);
  const moving = openingOnNeed(group, opening);
  const wiring = { group, opening, current, profiles, definitions, directory };
  return {
    authenticate: directory.learning(trustGateway(secret('INTERNAL_KEY'), 'points')),
    migrations,
    retiredIndexes,
    implementations: [
      ...ledgerRoutes({ ...wiring, group: moving, sums }),
      ...profileRoutes({ ...wiring, current: shownProfiles }),
      ...batchRoutes({
        ...{ ledger, opening, group, connection, transactions, fingerprintKeys },
        rowDeadline: settings.WRITE_DEADLINE_MS,
      }),
      ...statementRoutes({
        current,
        shown: shownProfiles,
        statements: new StatementRepository(models),
        directory,
        expireNow: (scope) => expireByHand({ models, group, logger }, scope),
      }),
      ...quotaRoutes({ opening, quotas: new QuotaConsumption(models, definitions, ledger.zoneOf) }),
      ...holdRoutes({ group: moving, current, holds: new HoldRepository(models) }),
      ...settingsRoutes({ settings: new SettingsChange(models, definitions) }),
      ...levelRoutes({ shown, levels: new UserLevels(models, ids, definitions) }),
      ...memberLevelRoutes({
        levels: new MemberLevels(models, ids, definitions),
        setting,
        shown,
        directory,
      }),
      ...membershipRoutes({ ...wiring, current: shownProfiles, details, setting }),
      ...benefitRoutes({
        ...{ ledger, opening, profiles, orders, shown },
        benefits: new Benefits(models, ids, definitions),
      }),
      ...activityRoutes({
        ledger,
        opening,
        profiles,
        activities: new Activities(models, ids, definitions),
      }),
      ...redemptionRoutes({ ledger, opening, items: new RedemptionItems(models, ids) }),
      ...ruleRoutes({
        rules: new AwardRules(models, ids, definitions),
        dryRun: new DryRun(ledger, awarding, transactions),
      }),
      ...memberPointsRoutes({ ledger, opening, orders, profiles, current }),
      ...webhookRoutes({ group: webhooks, opening }),
    ],
    subscriptions: subscriptions({
      directory,
      tags,
      awarding,
      details,
      purchaseHolds: new PurchaseHolds(ledger, opening),
    }),
    async start() {
      await answers.start();
      const expiry = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'points-expiry',
        every: settings.EXPIRY_JOB_SECONDS * 1_000,
        run: (context) => expireDuePoints({ models, group }, context, new Date()),
      });
      const summing = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'points-record-sums',
        every: SUMS_EVERY_MS,
        run: ({ run, signal }) => moveSumsOn({ directory, sums }, run, signal),
      });
      const levelling = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'points-levels',
        every: settings.EXPIRY_JOB_SECONDS * 1_000,
        run: (context) => followLevels({ models, group, definitions, logger }, context, new Date()),
      });
      return async () => {
        await Promise.all([expiry.stop(), summing.stop(), levelling.stop()]);
      };
    },
    async stop() {
      await Promise.all([group.idle(), webhooks.idle()]);
      answers.stop();
    },
  };
}
