/** What the tenant asks of its administrators, and from where it may be called. */
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { FieldFacts } from '../ui/field-facts.tsx';
import type { Field } from '../ui/fields.ts';
import { Page, Section } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';

const FIELDS: readonly Field<'admin_second_factor' | 'allowed_origins'>[] = [
  {
    name: 'admin_second_factor',
    label: { zh: '管理员的第二因素', en: 'Second factor of administrators' },
    kind: 'choice',
    choices: [
      { value: 'optional', label: { zh: '可选', en: 'Up to them' } },
      { value: 'required', label: { zh: '必须', en: 'Asked for' } },
    ],
    isRequired: true,
  },
  {
    name: 'allowed_origins',
    label: { zh: '可调用 API 的网页来源', en: 'Origins of pages that may call' },
    kind: 'lines',
    help: {
      zh: '每行一个，如 https://shop.example.com；仅在本租户的域名上有效',
      en: 'One a line, such as https://shop.example.com; good at the tenant’s own hosts alone',
    },
  },
];

export function Security() {
  const say = useSay();
  const asked = useAsk('/api/v1/security/', {});
  return (
    <Page
      title={{ zh: '安全设置', en: 'Security' }}
      acts={
        asked.data && (
          <Act
            method="patch"
            path="/api/v1/security/"
            label={{ zh: '编辑', en: 'Edit' }}
            isMain
            says={say({
              zh: '第二因素改为必须后，尚未设置的管理员在下次登录时设置。',
              en: 'Once a second factor is asked for, who has none sets one up at the next sign-in.',
            })}
            initial={asked.data.data}
            fields={FIELDS}
          />
        )
      }
    >
      <Whole of={asked}>
        {({ data }) => (
          <Section title={{ zh: '当前设置', en: 'Current settings' }}>
            <FieldFacts fields={FIELDS} values={data} />
          </Section>
        )}
      </Whole>
    </Page>
  );
}
