/** Answers what has to do with licence files. */
import type { ItemOf } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import { deedOf } from '@membership/platform/deed';
import {
  implementOpen,
  implementOpenWrite,
  implementWrite,
  type Implementation,
} from '@membership/platform/http/implement';
import { requireMemberId } from '@membership/platform/scope';
import { checkOutLicense, type CheckoutStores } from './check-out-license.ts';
import type { SigningKey } from './signing-key.ts';

export function offlineRoutes(stores: CheckoutStores): Implementation[] {
  const { signingKeys } = stores;
  return [
    implementWrite(contracts.checkoutLicense, async ({ scope, params, body, http, unit }) => {
      const command = {
        assignmentId: params.assignment_id,
        memberId: requireMemberId(scope),
        deviceId: body.device_id,
        days: body.days,
        now: http.now,
      };
      const { assignment, expiresAt, file } = await checkOutLicense(stores, scope, command, unit);
      return {
        assignment_id: assignment._id,
        device_id: body.device_id,
        expires_at: expiresAt.toISOString(),
        file_name: `license-${assignment._id}.lic`,
        license_file: file,
      };
    }),
    implementOpen(contracts.licenseKeys, async ({ http }) => ({
      keys: (await signingKeys.published(http.now)).map(keyView),
    })),
    implementOpenWrite(contracts.rotateSigningKey, async ({ body, http, unit }) =>
      keyView(await signingKeys.rotate(http.now, body.announce_days, deedOf(http), unit)),
    ),
    implementOpenWrite(contracts.withdrawSigningKey, async ({ params, body, http, unit }) => {
      const order = { since: body.since ?? http.now, now: http.now, deed: deedOf(http) };
      return keyView(await signingKeys.withdraw(params.kid, order, unit));
    }),
  ];
}

const keyView = ({
  _id,
  x,
  createdAt,
  startsAt,
  retiredAt,
  withdrawnAt,
}: SigningKey): ItemOf<typeof contracts.rotateSigningKey> => ({
  kty: 'OKP',
  crv: 'Ed25519',
  alg: 'EdDSA',
  use: 'sig',
  kid: _id,
  x,
  created_at: createdAt.toISOString(),
  starts_at: startsAt.toISOString(),
  retired_at: retiredAt?.toISOString() ?? null,
  ...(withdrawnAt ? { withdrawn_at: withdrawnAt.toISOString() } : {}),
});
