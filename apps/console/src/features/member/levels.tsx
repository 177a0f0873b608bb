/** A member's place on both ladders: what is missing to the next step, and what was set by hand, by whom and why. */
import type { ReactNode } from 'react';
import { Flex, Progress } from 'antd';
import { useAsk } from '../../api/use-api.ts';
import { useSay, type Text } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { useMemberLevelChoices, useUserLevelChoices } from '../../ui/choices.ts';
import { NEEDED_REASON } from '../../ui/fields.ts';
import { counted, writeNumber } from '../../ui/format.ts';
import { MemberLink } from '../../ui/links.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { Whole } from '../../ui/states.tsx';
import { Moment, Money, Num, orNothing } from '../../ui/values.tsx';

export function Levels({ id }: { id: number }) {
  return (
    <div className="ladders">
      <UserLevel id={id} />
      <MemberLevel id={id} />
    </div>
  );
}

/** The ladder by points. */
function UserLevel({ id }: { id: number }) {
  const say = useSay();
  const path = { params: { path: { id } } };
  const profile = useAsk('/api/v1/points/profiles/{id}/', path);
  const summary = useAsk('/api/v1/points/profiles/{id}/summary/', path);
  const levels = useUserLevelChoices();
  const set = profile.data?.level_set_by_hand ?? null;
  const name = profile.data?.current_level_info?.level_name ?? '–';
  const nameOf = (level: number) => levels.find(({ value }) => value === level)?.label ?? `#${level}`;
  return (
    <Section
      title={{ zh: '用户等级（按积分）', en: 'User level (by points)' }}
      extra={
        profile.data && (
          <Flex wrap gap={8}>
            <Act
              method="post"
              path="/api/v1/points/profiles/{id}/set_level/"
              params={{ id }}
              label={{ zh: '设置用户等级', en: 'Set the user level' }}
              says={say({
                zh: `现为“${name}”。人工设置的等级不随积分变化，直到解除。`,
                en: `It is “${name}” now. A level set by hand does not follow the points until somebody frees it.`,
              })}
              fields={[
                {
                  name: 'level_id',
                  label: { zh: '用户等级', en: 'User level' },
                  kind: 'choice',
                  choices: levels,
                  isRequired: true,
                },
                NEEDED_REASON,
              ]}
            />
            {set && (
              <Act
                method="post"
                path="/api/v1/points/profiles/{id}/set_level/"
                params={{ id }}
                label={{ zh: '解除用户等级', en: 'Free the user level' }}
                fixed={{ level_id: null }}
                says={say({
                  zh: `现为人工设置的“${nameOf(set.level)}”。解除后按积分计算。`,
                  en: `“${nameOf(set.level)}” is set by hand. Once it is freed, the level follows the points again.`,
                })}
                fields={[NEEDED_REASON]}
              />
            )}
          </Flex>
        )
      }
    >
      <Whole of={profile}>
        {({ level_review_at }) => (
          <Facts
            facts={[
              [{ zh: '等级', en: 'Level' }, <strong key="level">{name}</strong>],
              ...review(level_review_at),
              ...setByHand(
                set
                  ? { level: nameOf(set.level), reason: set.reason, by: set.operator_id, at: set.set_at }
                  : null,
                say({ zh: '直到解除', en: 'Until it is freed' }),
              ),
            ]}
          />
        )}
      </Whole>
      <Whole of={summary}>
        {({ level_progress: { next_level, points_to_next, progress_percentage } }) =>
          next_level ? (
            <Next percent={progress_percentage}>
              {say({
                zh: `距离 ${next_level.name} 还差 ${writeNumber(points_to_next ?? 0, 'zh')} 积分`,
                en: `${counted(points_to_next ?? 0, 'point')} to ${next_level.name}`,
              })}
            </Next>
          ) : null
        }
      </Whole>
    </Section>
  );
}

/** The ladder by money spent. */
function MemberLevel({ id }: { id: number }) {
  const say = useSay();
  const asked = useAsk('/api/v1/member-system/admin/members/{id}/', { params: { path: { id } } });
  const levels = useMemberLevelChoices();
  const level = asked.data?.data.level;
  return (
    <Section
      title={{ zh: '会员等级（按消费）', en: 'Member level (by money spent)' }}
      extra={
        level && (
          <Act
            method="post"
            path="/api/v1/member-system/levels/upgrade/"
            label={{ zh: '设置会员等级', en: 'Set the member level' }}
            fixed={{ user_id: id }}
            says={say({
              zh: `现为“${level.level_name}”。设置的等级为下限，直到再次设置；消费达到更高等级时，仍为更高者。`,
              en: `It is “${level.level_name}” now. What you set is a floor until it is set again; where the money spent reaches a higher level, that one stays.`,
            })}
            fields={[
              {
                name: 'target_level_id',
                label: { zh: '会员等级', en: 'Member level' },
                kind: 'choice',
                choices: levels,
                isRequired: true,
              },
              NEEDED_REASON,
            ]}
          />
        )
      }
    >
      <Whole of={asked}>
        {({ data: { level: now, level_set_by_hand: set, level_review_at, statistics, next_level } }) => (
          <>
            <Facts
              facts={[
                [{ zh: '等级', en: 'Level' }, <strong key="level">{now.level_name}</strong>],
                [{ zh: '累计消费', en: 'Money spent' }, <Money key="spent" value={statistics.total_spent} />],
                [{ zh: '订单', en: 'Orders' }, <Num key="orders" value={statistics.total_orders} />],
                ...review(level_review_at),
                ...setByHand(
                  set && { level: set.level_name, reason: set.reason, by: set.operator_id, at: set.set_at },
                  say({ zh: '直到再次设置', en: 'Until it is set again' }),
                ),
              ]}
            />
            {next_level && (
              <Next percent={next_level.progress_percentage}>
                {say({ zh: `距离 ${next_level.level_name} 还差`, en: `To ${next_level.level_name}:` })}{' '}
                <Money value={next_level.remaining_spent} />
              </Next>
            )}
          </>
        )}
      </Whole>
    </Section>
  );
}

/** When somebody below the level loses a step, where there is such a day. */
const review = (at: string | null): [Text, ReactNode][] =>
  at === null ? [] : [[{ zh: '复核日期', en: 'Looked at again' }, <Moment key="review" at={at} />]];

/** A level that an administrator set: until when it holds, why, by whom. */
const setByHand = (
  set: { level: string; reason: string | null; by: number | null; at: string } | null,
  until: ReactNode,
): [Text, ReactNode][] =>
  set === null
    ? []
    : [
        [{ zh: '人工设置', en: 'Set by hand' }, set.level],
        [{ zh: '保持到', en: 'Holds' }, until],
        [{ zh: '原因', en: 'Reason' }, orNothing(set.reason)],
        [
          { zh: '操作人', en: 'Operator' },
          set.by === null ? orNothing(null) : <MemberLink key="by" id={set.by} />,
        ],
        [{ zh: '设置时间', en: 'Set' }, <Moment key="at" at={set.at} />],
      ];

/** What is missing to the next step. */
function Next({ percent, children }: { percent: number; children: ReactNode }) {
  const say = useSay();
  return (
    <div style={{ marginTop: 12 }}>
      <span className="faint">{children}</span>
      <Progress
        percent={percent}
        size="small"
        aria-label={say({ zh: '升级进度', en: 'Progress to the next level' })}
      />
    </div>
  );
}
