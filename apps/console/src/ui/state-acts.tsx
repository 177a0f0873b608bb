/** What a member was given, a tag or a licence, is suspended, resumed and taken away alike. */
import { Act } from './act.tsx';
import { REASON } from './fields.ts';

const OVER = { zh: '已经结束', en: 'It is over already' };
const NOT_ACTIVE = { zh: '只有有效的可以暂停', en: 'Only what is active can be suspended' };

export function StateActs({
  of,
  id,
  status,
  isOpen,
}: {
  of: 'vip/user-tags' | 'license-assignments';
  id: number;
  status: string;
  /** It can be suspended. */
  isOpen: boolean;
}) {
  return (
    <>
      {status === 'suspended' ? (
        <Act
          method="post"
          path={`/api/v1/${of}/{id}/resume/`}
          params={{ id }}
          label={{ zh: '恢复', en: 'Resume' }}
          isSmall
          fields={[REASON]}
        />
      ) : (
        <Act
          method="post"
          path={`/api/v1/${of}/{id}/suspend/`}
          params={{ id }}
          label={{ zh: '暂停', en: 'Suspend' }}
          isSmall
          fields={[REASON]}
          cannot={!isOpen && NOT_ACTIVE}
        />
      )}
      <Act
        method="post"
        path={`/api/v1/${of}/{id}/revoke/`}
        params={{ id }}
        label={{ zh: '撤销', en: 'Revoke' }}
        isSmall
        isDanger
        fields={[REASON]}
        cannot={(status === 'revoked' || status === 'expired') && OVER}
      />
    </>
  );
}
