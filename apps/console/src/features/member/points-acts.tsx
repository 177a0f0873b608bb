/** What is done with a member's points. */
import { Flex } from 'antd';
import type { Profile } from '@membership/client';
import { useSay } from '../../preferences.ts';
import { Act } from '../../ui/act.tsx';
import { NEEDED_REASON, REASON } from '../../ui/fields.ts';
import { counted } from '../../ui/format.ts';
import { useCategoryChoices } from '../../ui/choices.ts';

/** Give and take: exact, with a reason. What is earned is multiplied, and says so. */
export function PointsActs({ profile }: { profile: Profile }) {
  const say = useSay();
  const categories = useCategoryChoices('earning');
  const { id, available_points: available } = profile;
  const amount = {
    name: 'points_amount',
    label: { zh: '积分数', en: 'Points' },
    kind: 'whole',
    min: 1,
    isRequired: true,
  } as const;
  const cannot = !profile.is_points_enabled && {
    zh: '该成员未启用积分',
    en: 'Points are not enabled for this member',
  };
  return (
    <Flex wrap gap={8}>
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/adjust_points/"
        params={{ id }}
        label={{ zh: '给积分', en: 'Give points' }}
        isMain
        cannot={cannot}
        says={say({
          zh: `现有可用积分 ${available}。按填写的数量增加，不乘倍数。`,
          en: `${counted(available, 'point is', 'points are')} available now. Exactly what you write is added, without a multiplier.`,
        })}
        fields={[amount, NEEDED_REASON]}
        done={{ zh: '积分已增加', en: 'The points are there' }}
      />
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/adjust_points/"
        params={{ id }}
        label={{ zh: '扣积分', en: 'Take points' }}
        cannot={cannot}
        fixed={{ is_negative: true }}
        says={say({
          zh: `现有可用积分 ${available}。按填写的数量扣除。`,
          en: `${counted(available, 'point is', 'points are')} available now. Exactly what you write is taken.`,
        })}
        fields={[amount, NEEDED_REASON]}
        done={{ zh: '积分已扣除', en: 'The points are taken' }}
      />
      <Act
        method="post"
        path="/api/v1/points/profiles/{id}/earn_points/"
        params={{ id }}
        label={{ zh: '按规则获得', en: 'Earn' }}
        cannot={cannot}
        says={say({
          zh: `填写的数量乘以倍数 ${profile.points_multiplier}，受每日上限约束。`,
          en: `What you write is multiplied by ${profile.points_multiplier}, within the limits of the day.`,
        })}
        fields={[
          amount,
          {
            name: 'category',
            label: { zh: '类别', en: 'Category' },
            kind: 'choice',
            choices: categories,
            isRequired: true,
          },
          REASON,
          { name: 'expires_at', label: { zh: '有效期至', en: 'Ends' }, kind: 'instant' },
        ]}
      />
    </Flex>
  );
}
