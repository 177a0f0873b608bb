/** Events that a service could not handle: what is parked where, why, and sending it to the service again. */
import { Flex, Select } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { useListState } from '../ui/list-state.ts';
import { Facts, Page } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';
import { Code, Json, Moment, Num, orNothing, State } from '../ui/values.tsx';

const OFTEN_MS = 10_000;
const AGAIN = {
  zh: '服务会像第一次收到那样处理；已处理过的没有第二次效果，再次失败的会再次搁置。',
  en: 'The service gets it as if it came for the first time. What it has handled already has no second effect; what fails again is parked again.',
};

export function DeadLetters() {
  const say = useSay();
  const { search, start } = useListState();
  const counts = useAsk('/api/v1/dead-letters/', {}, { everyMs: OFTEN_MS });
  return (
    <Page title={{ zh: '死信', en: 'Dead letters' }}>
      <Whole of={counts}>
        {({ data: { services } }) => {
          const fullest = services.toSorted((one, other) => (other.parked ?? 0) - (one.parked ?? 0))[0];
          const service = search['service'] ?? fullest?.service ?? 'points';
          return (
            <>
              <Flex gap={8} wrap align="center">
                <Select
                  aria-label={say({ zh: '服务', en: 'Service' })}
                  style={{ minWidth: 220 }}
                  value={service}
                  options={services.map(({ service: name, parked }) => ({
                    value: name,
                    label: `${name} · ${parked ?? say({ zh: '无法查看', en: 'cannot be seen' })}`,
                  }))}
                  onChange={(chosen) => void start({ service: chosen })}
                />
                <Replay
                  service={service}
                  type={search['type']}
                  isEmpty={services.find((one) => one.service === service)?.parked === 0}
                />
              </Flex>
              <Parked key={service} service={service} />
            </>
          );
        }}
      </Whole>
    </Page>
  );
}

/** All that are parked, or those of the type that the list is narrowed to. */
function Replay({ service, type, isEmpty }: { service: string; type: string | undefined; isEmpty: boolean }) {
  const say = useSay();
  return (
    <Act
      method="post"
      path="/api/v1/dead-letters/{service}/replay/"
      params={{ service }}
      label={
        type === undefined
          ? { zh: '全部重放', en: 'Replay all' }
          : { zh: '重放此类型', en: 'Replay this type' }
      }
      isDanger
      says={say(AGAIN)}
      fixed={type === undefined ? { all: true } : { type }}
      typed={service}
      cannot={isEmpty && { zh: '没有死信', en: 'There are none' }}
    />
  );
}

function Parked({ service }: { service: string }) {
  const say = useSay();
  return (
    <ListOf
      path="/api/v1/dead-letters/{service}/"
      params={{ service }}
      label={{ zh: '死信', en: 'Dead letters' }}
      rowKey={({ id }) => id}
      filters={[{ name: 'type', label: { zh: '事件类型', en: 'Type of event' } }]}
      columns={[
        {
          title: { zh: '事件', en: 'Event' },
          show: ({ type, routing_key }) => <span className="mono">{type ?? routing_key}</span>,
        },
        { title: { zh: '搁置于', en: 'Parked' }, show: ({ parked_at }) => <Moment at={parked_at} /> },
        { title: { zh: '原因', en: 'Reason' }, show: ({ reason }) => <State name={reason} /> },
        {
          title: { zh: '错误', en: 'Error' },
          show: ({ error }) => <div className="wraps">{orNothing(error)}</div>,
        },
        {
          title: { zh: '重试', en: 'Retries' },
          isNumber: true,
          show: ({ retries }) => <Num value={retries} />,
        },
        { title: { zh: '租户', en: 'Tenant' }, show: ({ tenant_id }) => orNothing(tenant_id) },
        {
          title: ACTIONS,
          show: ({ id }) => (
            <Act
              method="post"
              path="/api/v1/dead-letters/{service}/replay/"
              params={{ service }}
              label={{ zh: '重放', en: 'Replay' }}
              isSmall
              says={say(AGAIN)}
              fixed={{ id }}
            />
          ),
        },
      ]}
      expanded={({ id }) => <Letter service={service} id={id} />}
    />
  );
}

function Letter({ service, id }: { service: string; id: string }) {
  const asked = useAsk('/api/v1/dead-letters/{service}/{event_id}/', {
    params: { path: { service, event_id: id } },
  });
  return (
    <Whole of={asked}>
      {({ data: { first_failed_at, stack, body } }) => (
        <>
          <Facts
            facts={[
              [{ zh: '编号', en: 'Id' }, <Code key="id" text={id} />],
              [{ zh: '首次失败', en: 'Failed first' }, <Moment key="first" at={first_failed_at} />],
            ]}
          />
          {stack && <Json value={stack} />}
          <Json value={body} />
        </>
      )}
    </Whole>
  );
}
