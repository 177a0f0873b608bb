/** How the platform is: each service, what it needs, and whether events flow. */
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { DeadLetterLink, useDeadLetterCount } from '../ui/dead-letter-count.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import { Whole } from '../ui/states.tsx';
import { Moment, Num, State } from '../ui/values.tsx';

const OFTEN_MS = 5_000;
const CHECKS = {
  database: { zh: '数据库', en: 'Database' },
  broker: { zh: '消息队列', en: 'Broker' },
  events: { zh: '事件', en: 'Events' },
} as const;

export function PlatformHealth() {
  const say = useSay();
  const asked = useAsk('/api/v1/health/', {}, { everyMs: OFTEN_MS });
  const deadLetters = useDeadLetterCount(true);
  const known: Readonly<Record<string, { zh: string; en: string }>> = CHECKS;
  return (
    <Page title={{ zh: '平台状态', en: 'Health' }}>
      <Whole of={asked}>
        {({ status, version, services, timestamp }) => (
          <>
            <Facts
              facts={[
                [{ zh: '状态', en: 'State' }, <State key="state" name={status} />],
                [{ zh: '版本', en: 'Version' }, version],
                [{ zh: '截至', en: 'As of' }, <Moment key="at" at={timestamp} />],
                [
                  { zh: '死信', en: 'Dead letters' },
                  deadLetters === undefined ? '–' : <DeadLetterLink key="dead" count={deadLetters} />,
                ],
              ]}
            />
            <Rows
              label={{ zh: '服务', en: 'Services' }}
              rowKey="name"
              dataSource={Object.entries(services).map(([name, service]) => ({ name, ...service }))}
              columns={[
                { title: say({ zh: '服务', en: 'Service' }), dataIndex: 'name' },
                {
                  title: say({ zh: '状态', en: 'State' }),
                  render: (_value, service) => <State name={service.status} />,
                },
                {
                  title: 'ms',
                  align: 'right',
                  render: (_value, service) => <Num value={service.latency_ms} />,
                },
                {
                  title: say({ zh: '熔断器', en: 'Breaker' }),
                  render: (_value, service) => (
                    <State name={service.breaker && `breaker_${service.breaker}`} />
                  ),
                },
                {
                  title: say({ zh: '所需', en: 'What it needs' }),
                  render: (_value, service) =>
                    Object.entries(service.checks).map(([name, state]) => {
                      const word = known[name];
                      return (
                        <span key={name} style={{ marginInlineEnd: 8 }}>
                          {word ? say(word) : name} <State name={state} />
                        </span>
                      );
                    }),
                },
              ]}
            />
          </>
        )}
      </Whole>
    </Page>
  );
}
