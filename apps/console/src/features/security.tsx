/** What the tenant asks of its administrators. */
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { Act } from '../ui/act.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { Whole } from '../ui/states.tsx';

const CHOICES = [
  { value: 'optional', label: { zh: '可选', en: 'Up to them' } },
  { value: 'required', label: { zh: '必须', en: 'Asked for' } },
] as const;

export function Security() {
  const say = useSay();
  const asked = useAsk('/api/v1/security/', {});
  const name = { zh: '管理员的第二因素', en: 'Second factor of administrators' };
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
              zh: '改为必须后，尚未设置的管理员在下次登录时设置。',
              en: 'Once it is asked for, who has none sets one up at the next sign-in.',
            })}
            initial={asked.data.data}
            fields={[
              {
                name: 'admin_second_factor',
                label: name,
                kind: 'choice',
                choices: CHOICES,
                isRequired: true,
              },
            ]}
          />
        )
      }
    >
      <Whole of={asked}>
        {({ data: { admin_second_factor } }) => (
          <Section title={{ zh: '当前设置', en: 'Current settings' }}>
            <Facts
              facts={[
                [
                  name,
                  say(
                    CHOICES.find(({ value }) => value === admin_second_factor)?.label ?? {
                      zh: admin_second_factor,
                      en: admin_second_factor,
                    },
                  ),
                ],
              ]}
            />
          </Section>
        )}
      </Whole>
    </Page>
  );
}
