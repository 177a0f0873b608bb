/** Tenants, for the platform administrator: whose data the other pages show is chosen here. */
import { Link } from '@tanstack/react-router';
import { Act } from '../ui/act.tsx';
import { ACTIONS, ListOf, yesNo } from '../ui/list-of.tsx';
import { Page } from '../ui/page.tsx';
import { Secret } from '../ui/secret.tsx';
import { Code, Moment, Num, State } from '../ui/values.tsx';

const ADDRESS = { zh: '租户代码', en: 'Code' };

export function Tenants() {
  return (
    <Page
      title={{ zh: '租户', en: 'Tenants' }}
      acts={
        <Act
          method="post"
          path="/api/v1/tenants/"
          label={{ zh: '新建租户', en: 'New tenant' }}
          isMain
          initial={{ timezone: 'Asia/Shanghai' }}
          fields={[
            {
              name: 'code',
              label: ADDRESS,
              isRequired: true,
              help: {
                zh: '小写字母、数字和 -，以后不能更改',
                en: 'Small letters, digits and -; it cannot be changed later',
              },
            },
            { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
            {
              name: 'timezone',
              label: { zh: '时区', en: 'Time zone' },
              help: { zh: '日期按此计算，如 Asia/Shanghai', en: 'Its days are counted in it: Europe/Berlin' },
            },
          ]}
          after={({ data }) => (
            <Secret of={{ zh: 'Webhook 密钥', en: 'Webhook secret' }} text={data.webhook_secret} />
          )}
        />
      }
    >
      <ListOf
        path="/api/v1/tenants/"
        label={{ zh: '租户', en: 'Tenants' }}
        rowKey={({ id }) => id}
        filters={[
          { name: 'search', label: { zh: '代码、名称', en: 'Code, name' } },
          { name: 'is_active', label: { zh: '有效', en: 'Active' }, choices: yesNo },
        ]}
        columns={[
          {
            title: { zh: '名称', en: 'Name' },
            show: ({ code, name }) => <Link to={`/t/${code}/overview`}>{name}</Link>,
          },
          { title: ADDRESS, sort: 'code', show: ({ code }) => <Code text={code} /> },
          {
            title: { zh: '状态', en: 'State' },
            show: ({ is_active }) => <State name={is_active ? 'active' : 'suspended'} />,
          },
          {
            title: { zh: '成员', en: 'Members' },
            isNumber: true,
            show: ({ member_count }) => <Num value={member_count} />,
          },
          { title: { zh: '时区', en: 'Time zone' }, show: ({ timezone }) => timezone },
          {
            title: { zh: '创建时间', en: 'Created' },
            sort: 'created_at',
            show: ({ created_at }) => <Moment at={created_at} />,
          },
          {
            title: ACTIONS,
            show: ({ id, code, is_active, name, timezone }) => (
              <>
                <Act
                  method="patch"
                  path="/api/v1/tenants/{id}/"
                  params={{ id }}
                  label={{ zh: '编辑', en: 'Edit' }}
                  isSmall
                  initial={{ name, timezone }}
                  fields={[
                    { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
                    { name: 'timezone', label: { zh: '时区', en: 'Time zone' }, isRequired: true },
                  ]}
                />
                {is_active ? (
                  <Act
                    method="post"
                    path="/api/v1/tenants/{id}/suspend/"
                    params={{ id }}
                    label={{ zh: '停用', en: 'Suspend' }}
                    isSmall
                    isDanger
                    typed={code}
                  />
                ) : (
                  <Act
                    method="post"
                    path="/api/v1/tenants/{id}/resume/"
                    params={{ id }}
                    label={{ zh: '恢复', en: 'Resume' }}
                    isSmall
                  />
                )}
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
