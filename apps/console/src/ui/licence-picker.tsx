/** Chooses a licence by its key, notes, product, plan or id, as one types. */
import { Select } from 'antd';
import type { ItemOf } from '@membership/client';
import { useAsk } from '../api/use-api.ts';
import { useSay } from '../preferences.ts';
import { useTyped } from './use-typed.ts';
import { OFFERED_WIDTH } from './member-picker.tsx';

const LICENCES = '/api/v1/licenses/';
const labelOf = ({ product_name, plan_name, license_key, license_quota }: ItemOf<typeof LICENCES>) =>
  `${product_name} · ${plan_name} · ${license_key} (${license_quota.available_slots})`;

export function LicencePicker({
  id,
  label,
  width,
  value,
  onChange,
}: {
  id?: string;
  /** Where no field says what it is for, in a filter: it may be cleared, and finds licences that have ended, too. */
  label?: string;
  width?: number;
  value?: number | undefined;
  onChange?: (value: number | undefined) => void;
}) {
  const say = useSay();
  const { search, onSearch } = useTyped();
  const query = {
    page_size: 20,
    ...(label ? {} : { status: 'active' as const }),
    ...(search ? { search } : {}),
  };
  const { data, isFetching } = useAsk(LICENCES, { params: { query } }, { keepsLast: true });
  const found = data?.data.results ?? [];
  const isAmong = value === undefined || found.some((one) => one.id === value);
  // The one that is chosen already; where it is gone there is its id.
  const chosen = useAsk(
    LICENCES,
    { params: { query: { ids: String(value), page_size: 1 } } },
    { isWanted: data !== undefined && !isAmong },
  );
  const options = found.map((one) => ({ value: one.id, label: labelOf(one) }));
  if (!isAmong) {
    const [one] = chosen.data?.data.results ?? [];
    options.unshift({ value, label: one ? labelOf(one) : `#${value}` });
  }
  return (
    <Select<number>
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label, allowClear: true } : {})}
      {...(width ? { style: { width }, popupMatchSelectWidth: OFFERED_WIDTH } : {})}
      showSearch={{ filterOption: false, onSearch }}
      value={value ?? null}
      onChange={(next) => onChange?.(next)}
      loading={isFetching}
      placeholder={label ?? say({ zh: '输入密钥、产品、套餐或备注', en: 'Key, product, plan or notes' })}
      options={options}
    />
  );
}
