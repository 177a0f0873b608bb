/** Chooses a member by name, e-mail or id, as one types. */
import { useEffect, useState } from 'react';
import { Select } from 'antd';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';

const SEARCH_MS = 250;

export function MemberPicker({
  id,
  label,
  width,
  value,
  onChange,
}: {
  id?: string;
  /** Where no field says what it is for: then it may be cleared, too. */
  label?: string;
  width?: number;
  value?: number | undefined;
  onChange?: (value: number | undefined) => void;
}) {
  const say = useSay();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const asked = useAsk(
    '/api/v1/members/',
    { params: { query: { page_size: 20, is_active: true, ...(search ? { search } : {}) } } },
    { keepsLast: true },
  );
  return (
    <Select<number>
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label, allowClear: true } : {})}
      {...(width ? { style: { width } } : {})}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value ?? null}
      onChange={(chosen) => onChange?.(chosen)}
      loading={asked.isFetching}
      placeholder={label ?? say({ zh: '输入用户名、邮箱或名称', en: 'Username, e-mail or name' })}
      options={(asked.data?.data.results ?? []).map((member) => ({
        value: member.id,
        label: `${member.display_name || member.username} (${member.username}, #${member.id})`,
      }))}
    />
  );
}
