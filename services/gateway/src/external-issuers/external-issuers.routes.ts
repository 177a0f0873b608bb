/** External issuers: doors, for administrators. */
import * as contracts from '@membership/contracts/endpoints/gateway/external-issuers';
import { implement, implementWrite, type Implementation } from '@membership/platform/http/implement';
import { sortOf } from '@membership/platform/sorting';
import { issuerView } from './external-issuers.views.ts';
import { createIssuer, deleteIssuer, updateIssuer, type IssuerTools } from './manage-issuers.ts';

const SORT_FIELDS = { created_at: 'createdAt' };

export const externalIssuersRoutes = (tools: IssuerTools): Implementation[] => [
  implement(
    contracts.listExternalIssuers,
    async ({ scope, query: { page, page_size: size, ordering, is_enabled: isEnabled } }) => {
      const sort = sortOf(ordering, SORT_FIELDS);
      const found = await tools.issuers.list(scope, { isEnabled }, sort, { page, size });
      const keys = await tools.issuers.keysOf(scope, found.items);
      return { ...found, items: found.items.map((issuer) => issuerView(issuer, keys.get(issuer.id))) };
    },
  ),
  implementWrite(contracts.createExternalIssuer, async ({ scope, body, http, unit }) => {
    const { jwks_uri: jwksUri, subject_prefix: subjectPrefix, is_enabled: isEnabled, ...fields } = body;
    const { max_role: maxRole, create_members: createMembers, claims, ...names } = fields;
    const { display_name: displayName, admin_values: adminValues, ...others } = claims;
    const given = {
      ...names,
      ...{ jwksUri, subjectPrefix, maxRole, createMembers, isEnabled },
      claims: { ...others, displayName, adminValues },
    };
    return issuerView(await createIssuer(tools, scope, given, http.now, unit));
  }),
  implement(contracts.getExternalIssuer, async ({ scope, params }) => {
    const issuer = await tools.issuers.get(scope, params.id);
    return issuerView(issuer, (await tools.issuers.keysOf(scope, [issuer])).get(issuer.id));
  }),
  implementWrite(contracts.updateExternalIssuer, async ({ scope, params, body, http, unit }) => {
    const { jwks_uri: jwksUri, is_enabled: isEnabled, max_role: maxRole, name, algorithms } = body;
    const { display_name: displayName, admin_values: adminValues, ...others } = body.claims ?? {};
    const claims = { ...others, displayName, adminValues };
    const changes = {
      name,
      algorithms,
      jwksUri,
      isEnabled,
      maxRole,
      createMembers: body.create_members,
      claims,
    };
    const issuer = await updateIssuer(tools, scope, params.id, changes, http.now, unit);
    return issuerView(issuer, (await tools.issuers.keysOf(scope, [issuer])).get(issuer.id));
  }),
  implementWrite(contracts.deleteExternalIssuer, ({ scope, params, unit }) =>
    deleteIssuer(tools, scope, params.id, unit),
  ),
];
