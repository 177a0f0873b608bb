/** One line a page: its address, its place in the menu, and what it is loaded from. */
import type { ComponentType } from 'react';
import type { Text } from '../preferences.ts';

export type PageLine = {
  readonly path: string;
  readonly load: () => Promise<ComponentType>;
  /** In the menu; without it, it is reached from another page. */
  readonly menu?: Text;
  readonly group?: Text;
};

export const PAGES: readonly PageLine[] = [
  {
    path: 'overview',
    menu: { zh: '概览', en: 'Overview' },
    load: async () => (await import('../features/overview.tsx')).Overview,
  },
  {
    path: 'members',
    menu: { zh: '成员', en: 'Members' },
    load: async () => (await import('../features/members.tsx')).Members,
  },
  { path: 'members/$id', load: async () => (await import('../features/member.tsx')).MemberPage },
];
export const PLATFORM_PAGES: readonly PageLine[] = [
  {
    path: 'tenants',
    menu: { zh: '租户', en: 'Tenants' },
    load: async () => (await import('../features/tenants.tsx')).Tenants,
  },
];
