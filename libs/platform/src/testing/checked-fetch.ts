/** A fetch for tests that holds every answer to its contract: one that lies outside it fails the test that asked. */
import { answerProblems } from '@membership/contracts/answers';
import { endpointsIn, type Endpoint } from '@membership/contracts/endpoint';
import type { ServiceName } from '@membership/contracts/claims';
import { RouteTable } from '@membership/contracts/routes';

/** The contracts of one service alone: loading all of them costs each test file more than its answers do. */
async function endpointsOf(service: ServiceName): Promise<Endpoint[]> {
  const module = (await import(`@membership/contracts/endpoints/${service}/index`)) as Record<
    string,
    unknown
  >;
  return endpointsIn(module).filter((one) => one.service === service);
}

/** `fetch`, with every answer to one of the service's endpoints held to that endpoint's contract. */
export async function checkedFetch(service: ServiceName): Promise<typeof fetch> {
  const routes = new RouteTable(await endpointsOf(service));
  return async (input, init) => {
    const response = await fetch(input, init);
    const method = init?.method ?? 'GET';
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const match = routes.match(method, pathname);
    const type = response.headers.get('content-type') ?? '';
    if (!match.found || method === 'HEAD' || type.startsWith('text/event-stream')) return response;
    const text = await response.clone().text();
    const isJson = /[/+]json\b/.test(type);
    const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    const problems = answerProblems(match.target, { status: response.status, body, type });
    if (problems.length > 0)
      throw new Error(
        `${method} ${pathname} (${match.target.name}) answered ${response.status} outside its contract: ` +
          `${problems.join('; ')}\n${text.slice(0, 1_000)}`,
      );
    return response;
  };
}
