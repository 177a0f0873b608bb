/** What a page shows in the place of what it has not: it loads, there is nothing, it was refused, it failed. */
import type { ReactNode } from 'react';
import { Alert, Button, Empty, Result, Skeleton } from 'antd';
import { MembershipError } from '@membership/client';
import { SessionOver, useSession } from '../session/session.ts';
import { useSay } from '../preferences.ts';
import { wordOf } from './words.ts';

/** What the platform said, with what one needs to ask for help. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const say = useSay();
  const retry = onRetry && (
    <Button size="small" onClick={onRetry}>
      {say({ zh: '重试', en: 'Try again' })}
    </Button>
  );
  const isBack = useSession().kind === 'in';
  if (error instanceof SessionOver)
    return (
      <Alert
        type={isBack ? 'info' : 'warning'}
        showIcon
        title={say(
          isBack
            ? {
                zh: '已重新登录；刚才的请求没有执行，请再试一次',
                en: 'You are signed in again; the last request was not carried out: try once more',
              }
            : { zh: '会话已结束', en: 'The session has ended' },
        )}
        action={retry}
      />
    );
  if (!(error instanceof MembershipError))
    return (
      <Alert
        type="error"
        showIcon
        title={say({
          zh: '无法连接平台，请检查网络',
          en: 'The platform cannot be reached; check the network',
        })}
        action={retry}
      />
    );
  const isRefused = error.status === 403;
  return (
    <Alert
      type={isRefused ? 'warning' : 'error'}
      showIcon
      title={<Refusal error={error} />}
      description={<Details error={error} />}
      action={error.status === 404 || isRefused ? undefined : retry}
    />
  );
}

/** In English one family of the API answers with these alone. */
const BARE: Readonly<Record<string, string>> = {
  invalid_request: 'The request is not valid',
  unauthorized: 'The session has ended',
  forbidden: 'This is not allowed',
  not_found: 'There is no such thing',
  conflict: 'What stands there now does not allow this',
  internal_error: 'The platform failed',
};
/** The state that refused it has the word that it has on the page. */
function Refusal({ error: { message, details } }: { error: MembershipError }) {
  const say = useSay();
  const state = details['current_state'];
  if (typeof state === 'string' && (message in BARE || message.includes(state)))
    return say({
      zh: `现在的状态是“${wordOf(state).zh}”，不允许此操作`,
      en: `The state is “${wordOf(state).en}” now, which does not allow this`,
    });
  return BARE[message] ?? message;
}

function Details({ error }: { error: MembershipError }) {
  const say = useSay();
  return (
    <span className="faint">
      {error.code ?? error.status}
      {error.requestId && ` · ${say({ zh: '请求编号', en: 'request' })} ${error.requestId}`}
    </span>
  );
}

type Asked<T> = { data: T | undefined; error: unknown; refetch: () => unknown };
/** What was asked for, or what stands in its place. Older data stay where asking anew fails, and that is said. */
export function Whole<T>({ of, children }: { of: Asked<T>; children: (data: T) => ReactNode }) {
  if (of.data === undefined)
    return of.error ? (
      <Problem error={of.error} onRetry={() => void of.refetch()} />
    ) : (
      <Skeleton active paragraph={{ rows: 4 }} />
    );
  return (
    <>
      {of.error ? <Problem error={of.error} onRetry={() => void of.refetch()} /> : null}
      {children(of.data)}
    </>
  );
}

export function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const say = useSay();
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={say(
        isFiltered
          ? { zh: '没有符合条件的内容', en: 'Nothing matches these filters' }
          : { zh: '暂无内容', en: 'There is nothing yet' },
      )}
    />
  );
}

/** Another tenant's page and one that is not there look alike. */
export function NotFound({ home }: { home: ReactNode }) {
  const say = useSay();
  return (
    <Result
      status="404"
      title={<h1>{say({ zh: '页面不存在', en: 'There is no such page' })}</h1>}
      extra={home}
    />
  );
}
