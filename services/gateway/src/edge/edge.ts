/**
 * Every request's way in: its path, then the gateway's own endpoint or the service behind. A plain request function: no
 * Express app, no body parsed in front of what is passed on.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { deprecationHeaders } from '@membership/contracts/deprecation';
import type { Endpoint } from '@membership/contracts/endpoint';
import { notFound, refuse } from '@membership/contracts/errors';
import { RouteTable } from '@membership/contracts/routes';
import { countedAddress } from '@membership/platform/http/addresses';
import type { Dispatch, DispatchOptions } from '@membership/platform/http/dispatch';
import type { Caller } from '../domain/caller.ts';
import { ownContext } from '../callers/signed-context.ts';
import type { Site } from '../pages/site.ts';
import type { AccessLog } from './access-log.ts';
import { Admission, type AdmissionTools } from './admission.ts';
import type { IsProxy } from './client-address.ts';
import { ownApp, type OwnApp } from './own-app.ts';
import { PassOn, type PassOnTools } from './pass-on.ts';
import { letTenantSay, passageOf, requireNoBodyOfStream, setHeaders, type Passage } from './passage.ts';
import { pathOf } from './request-path.ts';
import { TurnAway, type TurnAwayTools } from './turn-away.ts';

export type EdgeTools = AdmissionTools &
  Omit<PassOnTools, 'admission'> &
  TurnAwayTools & {
    readonly endpoints: readonly Endpoint[];
    readonly sites: readonly Site[];
    readonly accessLog: AccessLog;
    readonly isProxy: IsProxy;
  };

export type Edge = {
  readonly handle: (dispatch: Dispatch) => (request: IncomingMessage, response: ServerResponse) => void;
  /** Who calls one of the gateway's own endpoints, as found on the way in. */
  readonly authenticate: DispatchOptions['authenticate'];
  readonly callerOf: (request: IncomingMessage) => Caller;
  readonly addressOf: (request: IncomingMessage) => string;
};

export function createEdge(tools: EdgeTools): Edge {
  const { endpoints, sites, metrics, accessLog, hosts } = tools;
  const routes = new RouteTable<Endpoint>(endpoints);
  const admission = new Admission(tools);
  const passOn = new PassOn({ ...tools, admission });
  const turnAway = new TurnAway(tools);
  /** Of the gateway's own endpoints. */
  const own = new WeakMap<IncomingMessage, Passage>();
  const ownPassage = (request: IncomingMessage): Passage => {
    const passage = own.get(request);
    if (!passage) throw refuse('AUTH_001');
    return passage;
  };

  async function answerOwn(passage: Passage, endpoint: Endpoint, app: OwnApp): Promise<void> {
    await admission.admit(passage, endpoint);
    requireNoBodyOfStream(passage, endpoint);
    own.set(passage.request, passage);
    passage.isDispatched = true;
    handOver(passage, app);
  }

  function handOver(passage: Passage, app: OwnApp): void {
    const { request, response } = passage;
    setHeaders(response, passage.headers);
    app(request, response, (error) => turnAway.failed(passage, error ?? notFound()));
  }

  /** Counts and tells a request when its connection is done with the answer. */
  function tellWhenOver(passage: Passage, endpoint: Endpoint | undefined, method: string): void {
    const { response } = passage;
    const started = performance.now();
    response.on('close', () => {
      const milliseconds = performance.now() - started;
      if (!passage.isDispatched) metrics.observe(endpoint, method, response.statusCode, milliseconds / 1000);
      accessLog(passage, endpoint, milliseconds);
    });
  }

  const handle: Edge['handle'] = (dispatch) => {
    const app = ownApp(sites, dispatch);
    return (request, response) => {
      const passage = passageOf(request, response, tools);
      const path = pathOf(request.url ?? '');
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
      const match = path === undefined ? NOWHERE : routes.match(method, path);
      const endpoint = match.found ? match.target : undefined;
      tellWhenOver(passage, endpoint, method);
      if (request.headers.origin === undefined || !hosts.mayName(request.headers.host)) {
        goOn(passage, { match, path, method }, app);
        return;
      }
      hosts.tenantOf(request.headers.host).then(
        (tenant) => {
          if (tenant) letTenantSay(passage, tenant.allowedOrigins ?? [], tools);
          goOn(passage, { match, path, method }, app);
        },
        (error: unknown) => turnAway.failed(passage, error),
      );
    };
  };

  function goOn(passage: Passage, { match, path, method }: Way, app: OwnApp): void {
    const endpoint = match.found ? match.target : undefined;
    const failed = (error: unknown) => turnAway.failed(passage, error);
    if (endpoint) {
      passage.dialect = endpoint.dialect;
      if (endpoint.deprecated) passage.headers.push(...deprecationHeaders(endpoint.deprecated));
      const isOwn = endpoint.service === 'gateway';
      (isOwn ? answerOwn(passage, endpoint, app) : passOn.pass(passage, endpoint)).catch(failed);
      return;
    }
    const allow = match.found ? [] : match.allow;
    const isOfSite = allow.length === 0 && path !== undefined && sites.some((site) => site.has(path));
    if (isOfSite && method === 'GET') handOver(passage, app);
    else turnAway.unknown(passage, isOfSite ? READ : allow).catch(failed);
  }

  return {
    handle,
    authenticate: (request) => {
      const { caller, marks } = ownPassage(request);
      return ownContext(caller, marks);
    },
    callerOf: (request) => ownPassage(request).caller,
    addressOf: (request) => countedAddress(ownPassage(request).address),
  };
}

type Way = {
  readonly match: ReturnType<RouteTable<Endpoint>['match']>;
  readonly path: string | undefined;
  readonly method: string;
};
/** What pages and their files are asked by. */
const READ = ['GET', 'HEAD'];
const NOWHERE = { found: false, allow: [] } as const;
