/** What a member was given, a tag or a licence, is suspended, resumed and taken away alike. */
import { useSay, type Text } from '../preferences.ts';
import { Act } from './act.tsx';
import { REASON } from './fields.ts';

const OVER = { zh: '已经结束', en: 'It is over already' };
const NOT_ACTIVE = { zh: '只有有效的可以暂停', en: 'Only what is active can be suspended' };

type Given = 'vip/user-tags' | 'license-assignments';
/** What each does, before it is done. */
const SAYS: Readonly<Record<Given, Readonly<Record<'suspend' | 'resume' | 'revoke', Text>>>> = {
  'vip/user-tags': {
    suspend: {
      zh: '标签不再给予任何权益，直到恢复；有效期继续计算。',
      en: 'The tag gives nothing until it is resumed. Its days run on.',
    },
    resume: {
      zh: '标签重新给予其权益，直到原到期时间。',
      en: 'The tag gives again what it gave, until its end.',
    },
    revoke: {
      zh: '标签的权益立即结束；此次持有不可恢复，但可以重新授予。',
      en: 'What the tag gives ends at once. It is final; the tag can be granted anew.',
    },
  },
  'license-assignments': {
    suspend: {
      zh: '设备保持绑定，但在恢复之前，软件向平台激活或查询会被拒绝；已有的离线许可证文件仍可用到其到期。',
      en: 'Devices stay bound, but software that asks the platform is refused on them until it is resumed; an offline licence file goes on to its own end.',
    },
    resume: { zh: '分配恢复到暂停之前的状态。', en: 'The assignment is again what it was before.' },
    revoke: {
      zh: '所有设备解绑并让出名额，向平台查询的软件立即被拒绝；设备已有的离线许可证文件仍可用到其到期。不可恢复，但可以重新分配。',
      en: 'All devices give their slots back, and software that asks the platform is refused at once; an offline licence file that a device has goes on to its own end. It is final; the licence can be assigned anew.',
    },
  },
};

export function StateActs({
  of,
  id,
  status,
  isOpen,
}: {
  of: Given;
  id: number;
  status: string;
  /** It can be suspended. */
  isOpen: boolean;
}) {
  const say = useSay();
  return (
    <>
      {status === 'suspended' ? (
        <Act
          method="post"
          path={`/api/v1/${of}/{id}/resume/`}
          params={{ id }}
          label={{ zh: '恢复', en: 'Resume' }}
          isSmall
          says={say(SAYS[of].resume)}
          fields={[REASON]}
        />
      ) : (
        <Act
          method="post"
          path={`/api/v1/${of}/{id}/suspend/`}
          params={{ id }}
          label={{ zh: '暂停', en: 'Suspend' }}
          isSmall
          says={say(SAYS[of].suspend)}
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
        says={say(SAYS[of].revoke)}
        fields={[REASON]}
        cannot={(status === 'revoked' || status === 'expired') && OVER}
      />
    </>
  );
}
