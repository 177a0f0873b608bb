/** One application: what its users say, and what is written for them. */
import { useState } from 'react';
import { useParams } from '@tanstack/react-router';
import { Flex, Table } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { APPLICATION_FIELDS } from '../ui/application-fields.ts';
import { ACTIONS, ListOf } from '../ui/list-of.tsx';
import { MemberLink } from '../ui/links.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Nothing, Whole } from '../ui/states.tsx';
import { Moment, Num, orNothing, State } from '../ui/values.tsx';
import { Views } from '../ui/views.tsx';
import { choices } from '../ui/words.ts';

export function ApplicationPage() {
  const id = Number((useParams({ strict: false }) as { id?: string }).id);
  const asked = useAsk('/api/v1/applications/{id}/', { params: { path: { id } } });
  const views = [
    { key: 'feedback', label: { zh: '反馈', en: 'Feedback' }, children: <Feedback id={id} /> },
    {
      key: 'articles',
      label: { zh: '文章', en: 'Articles' },
      children: <Articles id={id} total={asked.data?.data.article_count ?? 0} />,
    },
  ] as const;
  return (
    <Page
      title={asked.data?.data.name ?? { zh: '应用', en: 'Application' }}
      acts={
        asked.data && (
          <Act
            method="patch"
            path="/api/v1/applications/{id}/"
            params={{ id }}
            label={{ zh: '编辑', en: 'Edit' }}
            initial={asked.data.data}
            fields={APPLICATION_FIELDS}
          />
        )
      }
      about={
        <Whole of={asked}>
          {({ data }) => (
            <Facts
              facts={[
                [{ zh: '代码', en: 'Code' }, data.code],
                [{ zh: '状态', en: 'State' }, <State key="state" name={data.status} />],
                [{ zh: '版本', en: 'Version' }, data.current_version],
                [{ zh: '许可证', en: 'Licences' }, <Num key="licences" value={data.license_count} />],
                [{ zh: '反馈', en: 'Feedback' }, <Num key="feedback" value={data.feedback_count} />],
                [{ zh: '文章', en: 'Articles' }, <Num key="articles" value={data.article_count} />],
                [{ zh: '负责人', en: 'Owner' }, orNothing(data.owner)],
                [{ zh: '标签', en: 'Tags' }, orNothing(data.tags.join(' · '))],
                [{ zh: '说明', en: 'Description' }, orNothing(data.description)],
              ]}
            />
          )}
        </Whole>
      }
    >
      <Views of={views} />
    </Page>
  );
}

function Feedback({ id }: { id: number }) {
  return (
    <ListOf
      path="/api/v1/applications/{id}/feedbacks/"
      label={{ zh: '反馈', en: 'Feedback' }}
      params={{ id }}
      rowKey={({ id: feedback }) => feedback}
      filters={[{ name: 'status', label: { zh: '状态', en: 'State' }, choices: choices('open', 'closed') }]}
      columns={[
        {
          title: { zh: '成员', en: 'Member' },
          show: ({ member_info }) => <MemberLink id={member_info.id} name={member_info.username} />,
        },
        {
          title: { zh: '内容', en: 'What is said' },
          show: ({ title, content }) => (
            <div className="wraps">
              {title && <strong>{title} </strong>}
              {content}
            </div>
          ),
        },
        { title: { zh: '评分', en: 'Rating' }, isNumber: true, show: ({ rating }) => <Num value={rating} /> },
        { title: { zh: '状态', en: 'State' }, show: ({ status }) => <State name={status} /> },
        { title: { zh: '时间', en: 'Time' }, show: ({ created_at }) => <Moment at={created_at} /> },
        {
          title: ACTIONS,
          show: ({ id: feedback_id, title, content, reply, status }) => (
            <Act
              method="patch"
              path="/api/v1/applications/{id}/feedbacks/{feedback_id}/"
              params={{ id, feedback_id }}
              label={{ zh: '回复', en: 'Answer' }}
              isSmall
              says={
                <blockquote>
                  {title && <strong>{title} </strong>}
                  {content}
                </blockquote>
              }
              initial={{ reply, status }}
              fields={[
                { name: 'reply', label: { zh: '回复', en: 'Answer' }, kind: 'long' },
                {
                  name: 'status',
                  label: { zh: '状态', en: 'State' },
                  kind: 'choice',
                  choices: choices('open', 'closed'),
                  isRequired: true,
                  help: { zh: '已关闭的不再等待回复', en: 'What is closed waits for an answer no longer' },
                },
              ]}
            />
          ),
        },
      ]}
      expanded={({ content, reply }) => (
        <Facts
          facts={[
            [{ zh: '内容', en: 'What is said' }, content],
            [{ zh: '回复', en: 'Answer' }, orNothing(reply)],
          ]}
        />
      )}
    />
  );
}

const ARTICLE = [
  { name: 'title', label: { zh: '标题', en: 'Title' }, isRequired: true },
  { name: 'slug', label: { zh: '短名', en: 'Slug' } },
  { name: 'excerpt', label: { zh: '摘要', en: 'Excerpt' }, kind: 'long' },
  { name: 'content', label: { zh: '内容', en: 'Content' }, kind: 'long' },
  {
    name: 'status',
    label: { zh: '状态', en: 'State' },
    kind: 'choice',
    choices: choices('draft', 'published', 'archived'),
  },
] as const;

const PAGE_SIZE = 20;

/** The API answers a bare list, so how many there are is what the application counts. */
function Articles({ id, total }: { id: number; total: number }) {
  const say = useSay();
  const [page, setPage] = useState(1);
  const asked = useAsk(
    '/api/v1/applications/{id}/articles/',
    { params: { path: { id }, query: { page, page_size: PAGE_SIZE } } },
    { keepsLast: true },
  );
  return (
    <Flex vertical gap={12}>
      <Flex>
        <Act
          method="post"
          path="/api/v1/applications/{id}/articles/"
          params={{ id }}
          label={{ zh: '写文章', en: 'Write an article' }}
          isMain
          initial={{ status: 'draft' }}
          fields={ARTICLE}
        />
      </Flex>
      <Whole of={asked}>
        {({ data }) => (
          <Table
            size="middle"
            rowKey="id"
            scroll={{ x: 'max-content' }}
            dataSource={data}
            locale={{ emptyText: <Nothing isFiltered={false} /> }}
            pagination={{
              current: page,
              pageSize: PAGE_SIZE,
              total,
              hideOnSinglePage: true,
              onChange: setPage,
            }}
            expandable={{ expandedRowRender: (article) => <Article id={id} article={article.id} /> }}
            columns={[
              { title: say({ zh: '标题', en: 'Title' }), dataIndex: 'title' },
              {
                title: say({ zh: '状态', en: 'State' }),
                render: (_value, article) => <State name={article.status} />,
              },
              {
                title: say({ zh: '作者', en: 'By' }),
                render: (_value, article) => orNothing(article.author_info?.username),
              },
              {
                title: say({ zh: '更新时间', en: 'Changed' }),
                render: (_value, article) => <Moment at={article.updated_at} />,
              },
            ]}
          />
        )}
      </Whole>
    </Flex>
  );
}

/** What it says, which the list leaves out, and what can be done with it. */
function Article({ id, article }: { id: number; article: number }) {
  const say = useSay();
  const params = { id, article_id: article };
  const asked = useAsk('/api/v1/applications/{id}/articles/{article_id}/', { params: { path: params } });
  return (
    <Whole of={asked}>
      {({ data: { title, slug, excerpt, content, status } }) => (
        <Flex vertical gap={8}>
          <Facts
            facts={[
              [{ zh: '短名', en: 'Slug' }, slug],
              [{ zh: '摘要', en: 'Excerpt' }, orNothing(excerpt)],
            ]}
          />
          <pre className="json" tabIndex={0}>
            {content}
          </pre>
          <Flex gap={8}>
            <Act
              method="patch"
              path="/api/v1/applications/{id}/articles/{article_id}/"
              params={params}
              label={{ zh: '编辑', en: 'Edit' }}
              isSmall
              initial={{ title, slug, excerpt, content, status }}
              fields={ARTICLE}
            />
            <Act
              method="delete"
              path="/api/v1/applications/{id}/articles/{article_id}/"
              params={params}
              label={{ zh: '删除', en: 'Delete' }}
              isSmall
              isDanger
              says={say({ zh: '文章将被删除。', en: 'The article is gone then.' })}
            />
          </Flex>
        </Flex>
      )}
    </Whole>
  );
}
