/** What an application says of itself: as it is registered, and as it is changed. */
import type { Field } from './fields.ts';
import { choices } from './words.ts';

export const APPLICATION_STATES = choices(
  'development',
  'testing',
  'active',
  'maintenance',
  'deprecated',
  'archived',
  'inactive',
);
type Name =
  | 'name'
  | 'code'
  | 'description'
  | 'website'
  | 'contact_email'
  | 'current_version'
  | 'owner'
  | 'team'
  | 'status'
  | 'tags';
export const APPLICATION_FIELDS: readonly Field<Name>[] = [
  { name: 'name', label: { zh: '名称', en: 'Name' }, isRequired: true },
  { name: 'code', label: { zh: '代码', en: 'Code' }, isRequired: true },
  { name: 'description', label: { zh: '说明', en: 'Description' }, kind: 'long' },
  { name: 'website', label: { zh: '网站', en: 'Website' } },
  { name: 'contact_email', label: { zh: '联系邮箱', en: 'Contact e-mail' } },
  { name: 'current_version', label: { zh: '当前版本', en: 'Version' } },
  { name: 'owner', label: { zh: '负责人', en: 'Owner' } },
  { name: 'team', label: { zh: '团队', en: 'Team' } },
  {
    name: 'status',
    label: { zh: '状态', en: 'State' },
    kind: 'choice',
    isRequired: true,
    choices: APPLICATION_STATES,
  },
  {
    name: 'tags',
    label: { zh: '标签', en: 'Tags' },
    kind: 'lines',
    help: { zh: '每行一个', en: 'One a line' },
  },
];
