/** Applications that the tenant has registered. */
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { APPLICATION_FIELDS, APPLICATION_STATES } from '../ui/application-fields.ts';
import { To } from '../ui/links.tsx';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Moment, State } from '../ui/values.tsx';

export function Applications() {
  const say = useSay();
  return (
    <Page
      title={{ zh: '应用', en: 'Applications' }}
      acts={
        <Act
          method="post"
          path="/api/v1/applications/"
          label={{ zh: '登记应用', en: 'Register an application' }}
          isMain
          initial={{ status: 'development' }}
          fields={APPLICATION_FIELDS}
        />
      }
    >
      <ListOf
        path="/api/v1/applications/"
        label={{ zh: '应用', en: 'Applications' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '名称、代码', en: 'Name, code' } },
          { name: 'status', label: { zh: '状态', en: 'State' }, choices: APPLICATION_STATES },
          { name: 'is_active', label: { zh: '未删除', en: 'Not deleted' }, choices: yesNo },
        ]}
        columns={[
          {
            title: { zh: '名称', en: 'Name' },
            show: ({ id, name }) => <To path={`applications/${id}`}>{name}</To>,
          },
          { title: { zh: '代码', en: 'Code' }, show: ({ code }) => code },
          { title: { zh: '版本', en: 'Version' }, show: ({ current_version }) => current_version },
          { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
          {
            title: { zh: '更新时间', en: 'Changed' },
            sort: 'updated_at',
            show: ({ updated_at }) => <Moment at={updated_at} />,
          },
          {
            title: ACTIONS,
            show: ({ id, code, is_active }) =>
              is_active ? (
                <Act
                  method="delete"
                  path="/api/v1/applications/{id}/"
                  params={{ id }}
                  label={{ zh: '删除', en: 'Delete' }}
                  says={say({
                    zh: '应用从列表中消失；数据保留，代码仍被占用，可以恢复。',
                    en: 'It leaves the lists; its data stay, its code stays taken, and it can be restored.',
                  })}
                  isSmall
                  isDanger
                  typed={code}
                />
              ) : (
                <Act
                  method="post"
                  path="/api/v1/applications/{id}/restore/"
                  params={{ id }}
                  label={{ zh: '恢复', en: 'Restore' }}
                  isSmall
                />
              ),
          },
        ]}
      />
    </Page>
  );
}
