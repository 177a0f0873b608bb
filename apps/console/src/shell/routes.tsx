/** The pages by their addresses, and who may see them: menu and routes are read from the same lines. */
import { lazy, Suspense, type ReactNode } from 'react';
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  Outlet,
  redirect,
  useParams,
  type AnyRoute,
  type AnyRouter,
} from '@tanstack/react-router';
import { Button, Result, Skeleton } from 'antd';
import { PlaceContext, useAsk } from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { session, type Who } from '../session/session.ts';
import { NotFound, Problem } from '../ui/states.tsx';
import { pageOf } from '../ui/page-of.ts';
import type { Tenant } from '@membership/client';
import { Frame } from './frame.tsx';
import { PAGES, PLATFORM_PAGES, type PageLine } from './pages.ts';

/** Addresses say plain words: `?status=active&page=2`. */
const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
const stringifySearch = (search: Record<string, unknown>): string => {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
};

/** A page is loaded when it is first visited. */
function paged({ load }: PageLine): () => ReactNode {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function LoadedPage() {
    return (
      <Suspense fallback={<Skeleton active />}>
        <Loaded />
      </Suspense>
    );
  };
}

export function routerFor(who: Who): AnyRouter {
  const { role } = who.user;
  const isSuper = role === 'super';
  const home = isSuper ? '/platform/tenants' : `/t/${who.tenant?.code}/overview`;
  const Home = () => {
    const say = useSay();
    return (
      <Link to={home}>
        <Button type="primary">{say({ zh: '返回首页', en: 'To the start' })}</Button>
      </Link>
    );
  };
  const Missing = () => <NotFound home={<Home />} />;

  /** Only the own tenant's address is there for its people; a platform administrator looks the tenant up. */
  function TenantPlace() {
    const { tenant } = useParams({ strict: false }) as { tenant: string };
    if (isSuper) return <NamedTenant code={tenant} />;
    if (!who.tenant || tenant !== who.tenant.code) return <Missing />;
    return (
      <PlaceContext value={{ tenant, isNamed: false, timezone: who.tenant.timezone }}>
        <Frame who={who} tenantName={who.tenant.name}>
          <Outlet />
        </Frame>
      </PlaceContext>
    );
  }
  function NamedTenant({ code }: { code: string }) {
    const asked = useAsk('/api/v1/tenants/', { params: { query: { code } } });
    if (asked.error) return <Problem error={asked.error} onRetry={() => void asked.refetch()} />;
    if (!asked.data) return <Skeleton active />;
    const found = pageOf<Tenant>(asked.data).rows.find((one) => one.code === code);
    if (!found) return <Missing />;
    return (
      <PlaceContext value={{ tenant: code, isNamed: true, timezone: found.timezone }}>
        <Frame who={who} tenantName={found.name}>
          <Outlet />
        </Frame>
      </PlaceContext>
    );
  }
  const PlatformPlace = () =>
    isSuper ? (
      <Frame who={who} tenantName={null}>
        <Outlet />
      </Frame>
    ) : (
      <Missing />
    );

  const root = createRootRoute({
    component: role === 'member' ? MembersStayOut : Outlet,
    notFoundComponent: Missing,
  });
  const start = createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => redirect({ to: home, replace: true, throw: true }),
  });
  const tenantRoute = createRoute({ getParentRoute: () => root, path: '/t/$tenant', component: TenantPlace });
  const platformRoute = createRoute({
    getParentRoute: () => root,
    path: '/platform',
    component: PlatformPlace,
  });
  const under = (parent: AnyRoute, lines: readonly PageLine[]): AnyRoute[] =>
    lines.map((line) =>
      createRoute({ getParentRoute: () => parent, path: line.path, component: paged(line) }),
    );
  const tree = root.addChildren([
    start,
    tenantRoute.addChildren(under(tenantRoute, PAGES)),
    platformRoute.addChildren(under(platformRoute, PLATFORM_PAGES)),
  ]);
  return createRouter({
    routeTree: tree,
    basepath: '/admin',
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultNotFoundComponent: Missing,
    scrollRestoration: true,
    defaultErrorComponent: ({ error }: { error: unknown }) => <Broken error={error} />,
  });
}

const STAY_OUT: Text = { zh: '控制台供管理员使用', en: 'The console is for administrators' };
function MembersStayOut() {
  const say = useSay();
  return (
    <main>
      <Result
        status="403"
        title={<h1>{say(STAY_OUT)}</h1>}
        subTitle={say({ zh: '您的账号是普通成员。', en: 'Your account is that of a member.' })}
        extra={
          <Button onClick={() => void session.signOut()}>{say({ zh: '退出登录', en: 'Sign out' })}</Button>
        }
      />
    </main>
  );
}

function Broken({ error }: { error: unknown }) {
  const say = useSay();
  return (
    <Result
      status="error"
      title={<h1>{say({ zh: '此页面出错了', en: 'This page broke' })}</h1>}
      subTitle={error instanceof Error ? error.message : undefined}
      extra={
        <Button onClick={() => location.reload()}>{say({ zh: '重新加载', en: 'Load it again' })}</Button>
      }
    />
  );
}
