/** Deliveries: did it arrive, and what was answered? */
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { forFilter, useEndpointChoices } from '../ui/choices.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Rows } from '../ui/rows.tsx';
import { Whole } from '../ui/states.tsx';
import { Code, Json, Moment, Num, orNothing, State } from '../ui/values.tsx';
import { choices } from '../ui/words.ts';

const LIVE_MS = 10_000;

export function Deliveries() {
  const say = useSay();
  const endpoints = useEndpointChoices();
  return (
    <Page title={{ zh: 'Webhook 投递', en: 'Deliveries' }}>
      <ListOf
        path="/api/v1/webhooks/deliveries/"
        label={{ zh: 'Webhook 投递', en: 'Deliveries' }}
        rowKey={({ id }) => id}
        everyMs={LIVE_MS}
        filters={[
          {
            name: 'status',
            label: { zh: '状态', en: 'State' },
            choices: choices('pending', 'delivered', 'failed'),
          },
          {
            name: 'endpoint_id',
            label: { zh: '端点', en: 'Endpoint' },
            choices: forFilter(endpoints),
          },
          { name: 'type', label: { zh: '事件', en: 'Event' } },
        ]}
        columns={[
          { title: { zh: '时间', en: 'Time' }, show: ({ created_at }) => <Moment at={created_at} /> },
          { title: { zh: '事件', en: 'Event' }, show: ({ type }) => type },
          {
            title: { zh: '端点', en: 'Endpoint' },
            show: ({ endpoint_id }) =>
              endpoints.find(({ value }) => value === endpoint_id)?.label ?? `#${endpoint_id}`,
          },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '次数', en: 'Attempts' },
            isNumber: true,
            show: ({ attempt_count }) => <Num value={attempt_count} />,
          },
          {
            title: { zh: '回答', en: 'Answer' },
            show: ({ status_code, failure }) =>
              status_code ?? (failure === null ? '–' : <State name={failure} />),
          },
          {
            title: { zh: '下次', en: 'Next' },
            show: ({ next_attempt_at }) => <Moment at={next_attempt_at} />,
          },
          {
            title: ACTIONS,
            show: ({ id }) => (
              <Act
                method="post"
                path="/api/v1/webhooks/deliveries/{id}/retry/"
                params={{ id }}
                label={{ zh: '重试', en: 'Retry' }}
                isSmall
                says={say({ zh: '立即再次发送此事件。', en: 'Sends the event again at once.' })}
              />
            ),
          },
        ]}
        expanded={({ id }) => <Delivery id={id} />}
      />
    </Page>
  );
}

function Delivery({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/webhooks/deliveries/{id}/', { params: { path: { id } } });
  return (
    <Whole of={asked}>
      {({ data }) => (
        <>
          <Rows
            label={{ zh: '尝试', en: 'Attempts' }}
            rowKey="at"
            dataSource={data.attempts}
            columns={[
              {
                title: say({ zh: '时间', en: 'Time' }),
                render: (_value, attempt) => <Moment at={attempt.at} />,
              },
              {
                title: 'HTTP',
                render: (_value, attempt) =>
                  attempt.status_code ?? (attempt.failure === null ? '–' : <State name={attempt.failure} />),
              },
              {
                title: 'ms',
                align: 'right',
                render: (_value, attempt) => <Num value={attempt.duration_ms} />,
              },
              {
                title: say({ zh: '原因', en: 'Reason' }),
                render: (_value, attempt) => orNothing(attempt.reason),
              },
              {
                title: say({ zh: '回答', en: 'Answer' }),
                render: (_value, attempt) => orNothing(attempt.answer),
              },
            ]}
          />
          <p className="faint">
            {say({ zh: '事件编号', en: 'Event id' })}: <Code text={data.event_id} />
          </p>
          <Json value={data.payload} />
        </>
      )}
    </Whole>
  );
}
