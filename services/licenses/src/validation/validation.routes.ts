/** Answers software that asks about its licence. */
import type { ItemOf } from '@membership/contracts/endpoint';
import * as contracts from '@membership/contracts/endpoints/licenses/index';
import {
  implementOpen,
  reply,
  type Implementation,
  type RequestFacts,
} from '@membership/platform/http/implement';
import type { Metrics } from '@membership/platform/metrics';
import { scopeOfFound } from '@membership/platform/scope';
import { licenseStatusAt, quotaOf } from '../domain/license.ts';
import { keyForm } from '../domain/license-key.ts';
import type { LicenseRepository } from '../storage/license-repository.ts';
import { daysLeft, endText } from '../term.ts';
import type { GuessGuard } from './guess-guard.ts';
import { validateLicense, type Validated, type ValidationStores } from './validate-license.ts';
import { graceEnd, sentences, UNKNOWN_KEY, type Verdict } from './validation.ts';

type Answer = ItemOf<typeof contracts.validateLicense>;

export function validationRoutes(
  stores: ValidationStores & { readonly licenses: LicenseRepository },
  guard: GuessGuard,
  metrics: Metrics,
): Implementation[] {
  const counter = metrics.counter(
    'membership_license_validations_total',
    'Validations of licence keys by what they found',
    ['code'],
  );
  const told = (verdict: Verdict, now: Date, rest: Pick<Answer, 'license' | 'entitlements'>) => {
    counter.inc({ code: verdict.code });
    return reply(
      { ...verdict, checked_at: now.toISOString(), ...rest },
      { message: sentences[verdict.code] },
    );
  };
  return [
    implementOpen(contracts.validateLicense, async ({ body, http }) => {
      const { license_key: key, hardware_fingerprint: fingerprint } = body;
      const license = await guard.lookUp(addressOf(http), keyForm(key), http.now, () =>
        stores.licenses.findByKey(key),
      );
      if (!license) return told(UNKNOWN_KEY, http.now, { license: null, entitlements: null });
      const scope = scopeOfFound(license.tenantId, http);
      const validated = await validateLicense(stores, scope, license, fingerprint, http.now);
      return told(validated.verdict, http.now, viewOf(validated, http.now));
    }),
  ];
}

/** As the gateway saw it. */
const addressOf = ({ headers, raw }: RequestFacts): string => {
  const forwarded = headers['x-forwarded-for'];
  return (
    (typeof forwarded === 'string' ? forwarded : undefined) ?? raw.request.socket.remoteAddress ?? 'unknown'
  );
};

function viewOf(
  { verdict, license, policy, product, plan }: Validated,
  now: Date,
): Pick<Answer, 'license' | 'entitlements'> {
  if (verdict.code === 'TENANT_SUSPENDED') return { license: null, entitlements: null };
  const { max_activations, available_slots } = quotaOf(license);
  return {
    license: {
      status: licenseStatusAt(license, now),
      expires_at: endText(license.expiresAt),
      days_until_expiry: daysLeft(license.expiresAt, now),
      grace_until: graceEnd(license, policy)?.toISOString() ?? null,
    },
    entitlements:
      verdict.action === 'block'
        ? null
        : {
            product: { id: license.productId, name: product?.name ?? '', version: product?.version ?? '' },
            plan: { id: license.planId, name: plan?.name ?? '' },
            features: plan?.features ?? {},
            max_activations,
            available_slots,
          },
  };
}
