/** Which applications exist: kept from the applications service's events; an id that has not come yet is looked up once. */
import { z } from 'zod';
import { CONTEXT_HEADER } from '@membership/contracts/claims';
import { invalid } from '@membership/contracts/errors';
import * as facts from '@membership/contracts/events/applications';
import { on, type Subscription } from '@membership/platform/consumer';
import type { Logger } from '@membership/platform/log';
import type { TenantCollection } from '@membership/platform/mongo';
import { projectNewest } from '@membership/platform/projection';
import type { TenantScope } from '@membership/platform/scope';
import type { UnitOfWork } from '@membership/platform/transaction';
import type { ApplicationRow } from '../domain/application-row.ts';

const applicationState = facts.applicationCreated.data;

type Options = {
  readonly applications: TenantCollection<ApplicationRow>;
  readonly gatewayUrl: string;
  readonly logger: Logger;
};

export class ApplicationRegister {
  readonly #options: Options;
  constructor(options: Options) {
    this.#options = options;
  }

  /** Refuses (400 for its field) an application that is not there or is deleted. */
  async require(
    scope: TenantScope,
    applicationId: number | null | undefined,
    unit: UnitOfWork,
  ): Promise<void> {
    if (applicationId === null || applicationId === undefined) return;
    const { session } = unit;
    const known = await this.#options.applications.findOne(scope, { _id: applicationId }, { session });
    // Not while the transaction is open: it would wait for the gateway.
    if (!known && scope.credential)
      unit.beforehand(`application ${applicationId} of ${scope.tenantId}`, () =>
        this.#lookUp(scope, applicationId),
      );
    if (!known || known.isDeleted)
      throw invalid({ application_id: { zh: '无效的应用ID', en: 'There is no such application' } });
  }

  subscriptions(): Subscription[] {
    return [
      facts.applicationCreated,
      facts.applicationUpdated,
      facts.applicationDeleted,
      facts.applicationRestored,
    ].map((event) =>
      on(event, async ({ envelope, data }, { scope, unit }) => {
        await projectNewest(
          this.#options.applications.native,
          { ...data, _id: data.applicationId, tenantId: scope.tenantId, sequence: envelope.sequence },
          unit.session,
        );
      }),
    );
  }

  /** Asks the gateway once, a second at most. What it does not answer in time counts as unknown. */
  async #lookUp(scope: TenantScope, applicationId: number): Promise<void> {
    const { gatewayUrl, logger, applications } = this.#options;
    if (!scope.credential) return;
    try {
      const response = await fetch(new URL(`/internal/applications/${applicationId}`, gatewayUrl), {
        headers: { [CONTEXT_HEADER]: scope.credential, 'x-membership-service': 'licenses' },
        signal: AbortSignal.timeout(1_000),
      });
      if (!response.ok) return;
      const { sequence, state } = z
        .object({ sequence: z.int(), state: applicationState })
        .parse(await response.json());
      const row = { ...state, _id: state.applicationId, tenantId: scope.tenantId, sequence };
      await projectNewest(applications.native, row, undefined);
    } catch (error) {
      logger.warn({ err: error, applicationId }, 'the gateway did not answer a look-up');
    }
  }
}
