/** What needs attention: what fails, what ends soon and what waits for somebody, each with the way to its page. */
import { Badge, Button, Flex } from 'antd';
import { useAsk, usePlace } from '../../api/use-api.ts';
import { useSay, type Text } from '../../preferences.ts';
import { DeadLetterLink, useDeadLetterCount } from '../../ui/dead-letter-count.tsx';
import { dayIn } from '../../ui/format.ts';
import { To } from '../../ui/links.tsx';
import { Section } from '../../ui/page.tsx';
import { pageOf } from '../../ui/page-of.ts';

const OFTEN = { everyMs: 60_000 };
const WITHIN_DAYS = 7;
const LICENCE_DAYS = 30;
const MOST = 100;
/** The part of a quota that is left when it is said to run out. */
const FEW = 0.1;

type Matter = {
  readonly asked: { readonly isLoading: boolean; readonly error: unknown; readonly refetch: () => unknown };
  /** What it is about, for who cannot be told. */
  readonly name: Text;
  readonly count: number;
  readonly says: (count: number) => Text;
  readonly path: string;
  readonly search?: Readonly<Record<string, string>>;
  readonly isGrave?: boolean;
};

export function Attention() {
  const say = useSay();
  const { isNamed } = usePlace();
  const deadLetters = useDeadLetterCount(isNamed);
  const matters = useMatters();
  const shown = matters.filter(({ count }) => count > 0);
  const unknown = matters.filter(({ asked }) => asked.error);
  const isLoading = matters.some(({ asked }) => asked.isLoading);
  return (
    <Section title={{ zh: '需要关注', en: 'What needs attention' }}>
      <ul className="matters" aria-busy={isLoading}>
        {deadLetters !== undefined && deadLetters > 0 && (
          <li>
            <Badge status="error" /> <DeadLetterLink count={deadLetters} />
          </li>
        )}
        {shown.map(({ name, count, says, path, search, isGrave = false }) => (
          <li key={name.en}>
            <Badge status={isGrave ? 'error' : 'warning'} />{' '}
            <To path={path} {...(search ? { search } : {})}>
              {say(says(count))}
            </To>
          </li>
        ))}
      </ul>
      {unknown.length > 0 && (
        <Flex gap={8} align="center" wrap role="status">
          <span className="faint">
            {say({ zh: '未能查看：', en: 'Could not be looked at: ' })}
            {unknown.map(({ name }) => say(name)).join(say({ zh: '、', en: ', ' }))}
          </span>
          <Button size="small" onClick={() => unknown.forEach(({ asked }) => void asked.refetch())}>
            {say({ zh: '重试', en: 'Try again' })}
          </Button>
        </Flex>
      )}
      {shown.length === 0 && unknown.length === 0 && !isLoading && !deadLetters && (
        <span className="faint">{say({ zh: '目前没有', en: 'Nothing at present' })}</span>
      )}
    </Section>
  );
}

function useMatters(): Matter[] {
  const { timezone } = usePlace();
  const now = new Date();
  const endpoints = useAsk('/api/v1/webhooks/endpoints/', { params: { query: { page_size: MOST } } }, OFTEN);
  const issuers = useAsk('/api/v1/external-issuers/', { params: { query: { page_size: MOST } } }, OFTEN);
  const usage = useAsk('/api/v1/usage/', { params: { query: { days: 1 } } }, OFTEN);
  const before = dayIn(timezone, now, LICENCE_DAYS);
  const licences = useAsk(
    '/api/v1/licenses/',
    { params: { query: { status: 'active', expires_before: before, page_size: 1 } } },
    OFTEN,
  );
  const seats = useAsk(
    '/api/v1/licenses/',
    { params: { query: { status: 'active', nearly_full: true, page_size: 1 } } },
    OFTEN,
  );
  const assignments = useAsk(
    '/api/v1/reports/expiry-alerts/',
    { params: { query: { alert_days: WITHIN_DAYS, page_size: 1 } } },
    OFTEN,
  );
  const tags = useAsk(
    '/api/v1/vip/expiring/',
    { params: { query: { days: WITHIN_DAYS, page_size: 1 } } },
    OFTEN,
  );
  const redemptions = useAsk(
    '/api/v1/member-system/admin/redemptions/',
    { params: { query: { status: 'requested', limit: 1 } } },
    OFTEN,
  );
  const applications = useAsk('/api/v1/stats/applications/summary/', {}, OFTEN);
  const total = (data: unknown) => (data === undefined ? 0 : pageOf(data).total);
  const { requests_per_day: quota, remaining } = usage.data?.data.today ?? {};
  return [
    {
      asked: endpoints,
      name: { zh: 'Webhook 端点', en: 'webhook endpoints' },
      count: (endpoints.data?.data.results ?? []).filter(
        ({ failing_since, disabled_reason }) => failing_since !== null || disabled_reason === 'failing',
      ).length,
      says: (count) => ({
        zh: `${count} 个 Webhook 端点投递失败`,
        en: `Webhook endpoints that fail: ${count}`,
      }),
      path: 'developers/webhooks',
      isGrave: true,
    },
    {
      asked: issuers,
      name: { zh: '外部签发方', en: 'external issuers' },
      count: (issuers.data?.data.results ?? []).filter(({ keys }) => keys.failing_since !== null).length,
      says: (count) => ({
        zh: `${count} 个外部签发方的公钥无法获取`,
        en: `External issuers whose keys cannot be fetched: ${count}`,
      }),
      path: 'developers/issuers',
      isGrave: true,
    },
    {
      asked: usage,
      name: { zh: '用量', en: 'usage' },
      count: typeof quota === 'number' && (remaining ?? quota) < quota * FEW ? 1 : 0,
      says: () => ({ zh: '今日请求配额即将用尽', en: 'The quota of requests for today runs out' }),
      path: 'developers/usage',
      isGrave: true,
    },
    {
      asked: licences,
      name: { zh: '许可证', en: 'licences' },
      count: total(licences.data),
      says: (count) => ({
        zh: `${count} 个许可证在 ${LICENCE_DAYS} 天内到期`,
        en: `Licences that end within ${LICENCE_DAYS} days: ${count}`,
      }),
      path: 'licences/keys',
      search: { status: 'active', expires_before: before },
    },
    {
      asked: assignments,
      name: { zh: '许可证分配', en: 'assignments' },
      count: total(assignments.data),
      says: (count) => ({
        zh: `${count} 个许可证分配在 ${WITHIN_DAYS} 天内到期`,
        en: `Assignments that end within ${WITHIN_DAYS} days: ${count}`,
      }),
      path: 'licences/report',
    },
    {
      asked: seats,
      name: { zh: '激活名额', en: 'seats' },
      count: total(seats.data),
      says: (count) => ({
        zh: `${count} 个许可证的激活名额即将用完`,
        en: `Licences whose seats are nearly full: ${count}`,
      }),
      path: 'licences/keys',
      search: { status: 'active', nearly_full: 'true' },
    },
    {
      asked: tags,
      name: { zh: '标签', en: 'tags' },
      count: total(tags.data),
      says: (count) => ({
        zh: `${count} 个会员标签在 ${WITHIN_DAYS} 天内到期`,
        en: `Tags of members that end within ${WITHIN_DAYS} days: ${count}`,
      }),
      path: 'vip/holdings',
      search: { status: 'active', expires_before: dayIn(timezone, now, WITHIN_DAYS) },
    },
    {
      asked: redemptions,
      name: { zh: '兑换', en: 'redemptions' },
      count: total(redemptions.data),
      says: (count) => ({ zh: `${count} 个兑换等待发货`, en: `Redemptions that wait to be sent: ${count}` }),
      path: 'programme/redemptions',
      search: { status: 'requested' },
    },
    {
      asked: applications,
      name: { zh: '反馈', en: 'feedback' },
      count: applications.data?.open_feedback ?? 0,
      says: (count) => ({ zh: `${count} 条反馈等待回复`, en: `Feedback that waits for an answer: ${count}` }),
      path: 'applications',
    },
  ];
}
