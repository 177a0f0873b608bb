/** The applications service for the tests of one file: import it once, its hooks come along. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@membership/contracts/client';
import * as contracts from '@membership/contracts/endpoints/applications/applications';
import { startServiceKit, type ServiceKit } from '@membership/platform/testing/service-kit';
import { applicationsService } from '../src/service.ts';
import { aTenantOf, seedRequest } from './builders.ts';

export let kit: ServiceKit;
beforeAll(async () => {
  kit = await startServiceKit(applicationsService);
});
afterAll(() => kit?.stop());

export const aTenant = () => aTenantOf(kit);

/** The id of a new application, with a code of its own. */
export const register = async (client: Client, more: object = {}): Promise<number> =>
  (
    await client.ask(contracts.createApplication, {
      body: { ...seedRequest, code: `app-${randomUUID().slice(0, 8)}`, ...more },
    })
  ).id;
/** The application of seed 004, as a path names it. */
export const anApplication = async (admin: Client) => ({
  id: String((await admin.ask(contracts.createApplication, { body: seedRequest })).id),
});

export const appError = (code: number, error_code: string, message: unknown = expect.any(String)) => ({
  success: false,
  code,
  message,
  data: null,
  error_code,
});
export const notThere = appError(4004, 'BIZ_001');
