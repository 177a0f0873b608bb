/**
 * `/internal/`: an id that a service has not heard of yet, looked up on its caller's behalf. On a port of its own, never the
 * public one. The credential is the context that the gateway signed for that service: the look-up sees that tenant, no other.
 * A service has the key of its contexts and could make some for any tenant; only those that the gateway itself made count.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTEXT_HEADER, type ContextClaims } from '@membership/contracts/claims';
import { renderRefusal } from '@membership/contracts/dialects';
import { Refusal, notFound, refuse } from '@membership/contracts/errors';
import { isProven, signContext, verifyContext, type ContextKey } from '@membership/platform/http/context';
import { createHttpServer, type HttpServer } from '@membership/platform/http/server';
import type { Logger } from '@membership/platform/log';
import { scopeOfContext } from '@membership/platform/scope';
import { upstreams, type Upstreams } from '../config.ts';
import { memberStateOf } from '../domain/member.ts';
import type { MemberRepository } from '../storage/member-repository.ts';
import type { OwnKeys } from '../tokens/settings-keys.ts';
import { tenantStateOf } from '../domain/tenant.ts';
import type { TenantRepository } from '../storage/tenant-repository.ts';

export type LookupTools = {
  readonly members: MemberRepository;
  readonly tenants: TenantRepository;
  /** Of its contexts; the first signs. */
  readonly keysOf: (service: Upstreams) => readonly [ContextKey, ...ContextKey[]];
  /** The gateway's own: what it signed carries its proof. */
  readonly proofKeys: Pick<OwnKeys, 'some'>;
  readonly applicationsUrl: (cell: string | null) => string;
  readonly logger: Logger;
};
type Answer = { readonly sequence: number; readonly state: unknown };

const FORWARD_MILLISECONDS = 900;
const PATH = /^\/internal\/(members|tenants|applications)\/([1-9]\d{0,15})\/?$/;

/** The server of look-ups; whoever makes it listens and closes it. */
export function lookupServer(tools: LookupTools): HttpServer {
  return createHttpServer((request, response) => {
    answer(tools, request).then(
      (found) => send(response, 200, found),
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : refuse('SYS_002', { cause: error });
        if (refusal.status >= 500) tools.logger.error({ err: error }, 'a look-up failed');
        send(
          response,
          refusal.status,
          renderRefusal('drf', refusal, { language: 'en', requestId: 'internal', now: new Date() }),
        );
      },
    );
  });
}

async function answer(tools: LookupTools, request: IncomingMessage): Promise<Answer> {
  const claims = callerOf(tools, request);
  const [, kind, id] = PATH.exec((request.url ?? '').split('?', 1)[0] as string) ?? [];
  if (request.method !== 'GET') throw refuse('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
  const scope = scopeOfContext(claims);
  if (!kind || !scope) throw notFound();
  if (kind === 'members') {
    const member = await tools.members.get(scope, Number(id));
    return { sequence: member.sequence, state: memberStateOf(member) };
  }
  const tenant = await tools.tenants.get(scope.tenantId);
  if (kind === 'applications') return lookUpApplication(tools, claims, Number(id), tenant.cell);
  if (tenant.id !== Number(id)) throw notFound();
  return { sequence: tenant.sequence, state: tenantStateOf(tenant) };
}

/** The context of the service that asks: the header says whose key to try, the key proves who asks, the proof for whom. */
function callerOf({ keysOf, proofKeys }: LookupTools, request: IncomingMessage): ContextClaims {
  const service = upstreams.find((name) => name === request.headers['x-membership-service']);
  const context = request.headers[CONTEXT_HEADER];
  if (!service || typeof context !== 'string') throw refuse('AUTH_001');
  const claims = verifyContext(keysOf(service), service, context);
  if (!proofKeys.some((key) => isProven(key, context))) throw refuse('AUTH_003');
  return claims;
}

/** Applications are another service's: asked there, with the same caller signed for it. */
async function lookUpApplication(
  { keysOf, applicationsUrl }: LookupTools,
  { iss: _iss, iat: _iat, exp: _exp, proof: _proof, ...claims }: ContextClaims,
  id: number,
  cell: string | null,
): Promise<Answer> {
  const context = signContext(keysOf('applications')[0], { ...claims, aud: 'applications' });
  const response = await fetch(new URL(`/internal/applications/${id}`, applicationsUrl(cell)), {
    headers: { [CONTEXT_HEADER]: context },
    signal: AbortSignal.timeout(FORWARD_MILLISECONDS),
  });
  if (response.status === 404) throw notFound();
  if (!response.ok) throw refuse('SYS_002', { cause: new Error(`applications answered ${response.status}`) });
  return (await response.json()) as Answer;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
