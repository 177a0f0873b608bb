/** Wires the licences service: the only file that knows every area. */
import { answersOf } from '@membership/platform/answers/answers-of';
import { Directory } from '@membership/platform/directory';
import { trustGateway } from '@membership/platform/http/trust-gateway';
import { scheduleJob, type JobOptions } from '@membership/platform/job';
import type { ServiceContext, ServiceParts } from '@membership/platform/service';
import { ownLicensesOf } from './domain/own-licenses.ts';
import { OwnLicenses } from './assignments/own-licenses.ts';
import { AssignmentRepository } from './storage/assignment-repository.ts';
import { assignmentRoutes } from './assignments/assignments.routes.ts';
import { BatchRunner } from './assignments/batch-runner.ts';
import { BatchRepository } from './assignments/batch-repository.ts';
import { batchRoutes } from './assignments/batches.routes.ts';
import { runBatches } from './assignments/run-batches.ts';
import { expireAssignments } from './assignments/expire-assignments.ts';
import { finishRevocations } from './assignments/finish-revocations.ts';
import { moveEnds } from './assignments/move-ends.ts';
import { userLicenseRoutes } from './assignments/user-licenses.routes.ts';
import { ApplicationRegister } from './catalogue/application-register.ts';
import { CatalogueNames } from './catalogue/catalogue-names.ts';
import { CatalogueRepository } from './catalogue/catalogue-repository.ts';
import { PlanPolicies } from './catalogue/plan-policies.ts';
import { catalogueRoutes } from './catalogue/catalogue.routes.ts';
import type { LicensesSettings } from './config.ts';
import { Activations } from './devices/activate.ts';
import { ActivationStore } from './devices/activation-store.ts';
import { giveLeases } from './devices/give-leases.ts';
import { releaseEnded } from './devices/release-ended.ts';
import { releaseLapsed } from './devices/release-lapsed.ts';
import { DeviceReports } from './devices/report-device.ts';
import { ReportStore } from './devices/report-store.ts';
import { DeviceRepository } from './storage/device-repository.ts';
import { eraseDevices } from './devices/erase-devices.ts';
import { deviceRoutes } from './devices/devices.routes.ts';
import { expireLicenses } from './licenses/expire-licenses.ts';
import { LicenseRepository } from './storage/license-repository.ts';
import { licenseRoutes } from './licenses/licenses.routes.ts';
import { modelsOf } from './models.ts';
import { offlineRoutes } from './offline/offline.routes.ts';
import { SigningKeyRepository } from './offline/signing-key-repository.ts';
import { SigningKeys } from './offline/signing-keys.ts';
import { ReportCache } from './reports/report-cache.ts';
import { ReportRepository } from './reports/report-repository.ts';
import { reportRoutes } from './reports/reports.routes.ts';
import { rebuildTallies } from './reports/count-again.ts';
import { Tallies } from './storage/tallies.ts';
import { subscriptions } from './subscriptions.ts';
import { UsageRepository } from './usage/usage-repository.ts';
import { GuessGuard } from './validation/guess-guard.ts';
import { GuessRepository } from './validation/guess-repository.ts';
import { validationRoutes } from './validation/validation.routes.ts';

/** Milliseconds between two looks at the age of the key that signs licence files. */
const SIGNING_KEYS_EVERY = 3_600_000;

export async function build(context: ServiceContext<LicensesSettings>): Promise<ServiceParts> {
  const { service, settings, logger, metrics, connection, transactions, ids, secret } = context;
  const models = modelsOf(connection);
  const gatewayUrl = settings.GATEWAY_INTERNAL_URL;
  const directory = new Directory({ connection, gatewayUrl, service, logger });
  directory.listen({
    onErased: (scope, { _id }, unit) => eraseDevices(models, scope, _id, unit),
    onMember: async ({ tenantId }, { _id }, unit) => unit.changes(ownLicensesOf(tenantId, _id)),
  });
  const answers = await answersOf(context, {
    own_licenses: settings.OWN_LICENSES_CACHE_SECONDS,
    license_statistics: settings.LICENSE_STATISTICS_CACHE_SECONDS,
  });
  const applications = new ApplicationRegister({ applications: models.applications, gatewayUrl, logger });
  const products = new CatalogueRepository(models.products);
  const plans = new CatalogueRepository(models.plans);
  const names = new CatalogueNames({ products, plans });
  const policies = new PlanPolicies(plans);
  const tallies = new Tallies(models, directory);
  const stores = {
    products,
    plans,
    names,
    policies,
    tallies,
    reports: new ReportRepository(models),
    cache: new ReportCache(answers, settings.LICENSE_STATISTICS_CACHE_SECONDS),
    signingKeys: new SigningKeys({
      repository: new SigningKeyRepository(connection),
      secret: secret('INTERNAL_KEY'),
      days: settings.SIGNING_KEY_DAYS,
      logger,
    }),
    applications,
    directory,
    ids,
    transactions,
    licenses: new LicenseRepository(models.licenses),
    assignments: new AssignmentRepository(models.assignments),
    batches: new BatchRepository(models.batches),
    devices: new DeviceRepository(models.devices),
    usage: new UsageRepository(models.intervals),
  };
  const activations = new Activations({
    connection,
    transactions,
    metrics,
    names,
    tallies,
    store: new ActivationStore(models, policies),
  });
  const reports = new DeviceReports({
    connection,
    transactions,
    metrics,
    tallies,
    store: new ReportStore(models, ids, policies),
  });
  const batchRunner = new BatchRunner();
  return {
    implementations: [
      ...catalogueRoutes(stores),
      ...licenseRoutes(stores),
      ...assignmentRoutes(stores),
      ...batchRoutes(stores, () => batchRunner.wake()),
      ...userLicenseRoutes({ ...stores, ownLicenses: new OwnLicenses(answers, stores) }),
      ...deviceRoutes(stores, activations, reports),
      ...reportRoutes(stores),
      ...offlineRoutes(stores),
      ...validationRoutes(stores, new GuessGuard(new GuessRepository(connection)), metrics),
    ],
    subscriptions: subscriptions(directory, applications),
    migrations: [{ version: 1, name: 'tallies of the reports', run: rebuildTallies }],
    authenticate: directory.learning(trustGateway(secret('INTERNAL_KEY'), service)),
    async start() {
      await answers.start();
      const { assignments, licenses, batches, plans, devices } = stores;
      const job = <Id extends number | string = number>(
        name: string,
        run: JobOptions<Id>['run'],
        waiting: (now: Date) => Promise<readonly unknown[]>,
      ) =>
        scheduleJob<Id>({
          connection,
          logger,
          metrics,
          name,
          every: settings.EXPIRY_JOB_SECONDS * 1_000,
          run,
          waiting: () => waiting(new Date()),
        });
      // Each has failures of its own: an assignment's id may be a licence's, too.
      const expiries = [
        job(
          'assignment-expiry',
          (context) => expireAssignments(stores, context, new Date()),
          (now) => assignments.findDue(now, 1),
        ),
        job(
          'license-expiry',
          (context) => expireLicenses(stores, context, new Date()),
          (now) => licenses.findDue(now, 1),
        ),
        job(
          'license-ends',
          (context) => moveEnds(stores, context),
          () => licenses.findMovingEnds(1),
        ),
        job(
          'license-revocations',
          (context) => finishRevocations({ ...stores, logger }, context, new Date()),
          () => licenses.findUnfinished(1),
        ),
        job(
          'ended-devices',
          (context) => releaseEnded(stores, context, new Date()),
          () => assignments.findEndedWithDevices(1),
        ),
        job(
          'plan-leases',
          (context) => giveLeases(stores, context, new Date()),
          (now) => plans.findLeaseGiven(now, 1),
        ),
        job<string>(
          'device-leases',
          (context) => releaseLapsed(stores, context, new Date()),
          (now) => devices.findLapsed(now, 1),
        ),
      ];
      batchRunner.use(
        job(
          'assignment-batches',
          (context) => runBatches(stores, context, new Date()),
          async () => [await batches.findNext()].filter((batch) => batch !== null),
        ),
      );
      const signingKeys = scheduleJob({
        connection,
        logger,
        metrics,
        name: 'signing-keys',
        every: SIGNING_KEYS_EVERY,
        run: () => stores.signingKeys.renew(new Date()),
      });
      return async () => {
        await Promise.all([...expiries, signingKeys].map((each) => each.stop()));
        await batchRunner.stop();
      };
    },
    async stop() {
      await activations.idle();
      await reports.idle();
      answers.stop();
    },
  };
}
