/** Choices that the tenant has made itself: its tags, products, plans and levels, for fields and filters. */
import { useAsk } from '../api/use-api.ts';
import type { Text } from '../preferences.ts';
import { choices } from './words.ts';

type Choice = { readonly value: number; readonly label: string };
const MOST = 100;
/** The same for a filter, whose value stands in the address. */
export const forFilter = (those: readonly Choice[]) =>
  those.map(({ value, label }) => ({ value: String(value), label }));

/** The first hundred; a tenant with more names the one it means by the id of its page. */
export function useTagChoices(): Choice[] {
  const asked = useAsk('/api/v1/vip/tags/', { params: { query: { page_size: MOST, is_active: true } } });
  return (asked.data?.results ?? []).map(({ id, tag_name, tag_code }) => ({
    value: id,
    label: `${tag_name} (${tag_code})`,
  }));
}
export function useProductChoices(): Choice[] {
  const asked = useAsk('/api/v1/products/', { params: { query: { page_size: MOST } } });
  return (asked.data?.data.results ?? []).map(({ id, name, version }) => ({
    value: id,
    label: `${name} ${version}`,
  }));
}
/** The plans of a product: those that can be had. */
export function usePlanChoices(): (product: unknown) => Choice[] {
  const asked = useAsk('/api/v1/plans/', { params: { query: { page_size: MOST, is_active: true } } });
  return (product) =>
    (asked.data?.data.results ?? [])
      .filter(({ product_id }) => product_id === product)
      .map(({ id, name }) => ({ value: id, label: name }));
}
/** Webhook endpoints, by what the tenant calls them and where they are. */
export function useEndpointChoices(): Choice[] {
  const asked = useAsk('/api/v1/webhooks/endpoints/', { params: { query: { page_size: MOST } } });
  return (asked.data?.data.results ?? []).map(({ id, url, description }) => ({
    value: id,
    label: description ? `${description} (${url})` : url,
  }));
}
export function useUserLevelChoices(): Choice[] {
  const asked = useAsk('/api/v1/points/user-levels/', { params: { query: { page_size: MOST } } });
  return (asked.data?.results ?? []).map(({ id, level_name }) => ({ value: id, label: level_name }));
}
export function useMemberLevelChoices(): Choice[] {
  const asked = useAsk('/api/v1/member-system/admin/levels/', { params: { query: { limit: MOST } } });
  return (asked.data?.data.levels ?? []).map(({ level_id, level_name }) => ({
    value: level_id,
    label: level_name,
  }));
}

/** Plans of the platform, for who may see them. */
export function useTenantPlanChoices(): { value: string; label: string }[] {
  const asked = useAsk('/api/v1/tenant-plans/', { params: { query: { page_size: MOST } } });
  return (asked.data?.data.results ?? []).map(({ code, name }) => ({
    value: code,
    label: `${name} (${code})`,
  }));
}

const CATEGORIES = {
  earning: ['manual', 'login', 'license', 'referral', 'community', 'payment'],
  spending: ['vip_upgrade', 'license_discount', 'feature_unlock', 'priority_support'],
} as const;
/** What points are earned or spent for: the platform's own categories, and those that the tenant has added. */
export function useCategoryChoices(of: keyof typeof CATEGORIES): { value: string; label: Text | string }[] {
  const { data } = useAsk('/api/v1/points/settings/', {});
  const own = (of === 'earning' ? data?.own_earning_categories : data?.own_spending_categories) ?? [];
  return [...choices(...CATEGORIES[of]), ...own.map((value) => ({ value, label: value }))];
}
