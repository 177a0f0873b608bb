/** The console behind the sign-in: its look and language, what it keeps of its reads, and its pages. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App, ConfigProvider, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useState } from 'react';
import { retries } from '../api/use-api.ts';
import { usePreferences } from '../preferences.ts';
import type { Who } from '../session/session.ts';
import { routerFor } from './routes.tsx';
import './console.css';

const FONT =
  "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', sans-serif";

/** Ant Design's own are too faint for small text (WCAG AA): placeholders, warnings, links. */
const TOKENS = {
  light: {
    fontFamily: FONT,
    motion: false,
    colorPrimary: '#0958d9',
    colorPrimaryHover: '#0747b0',
    colorLink: '#0958d9',
    colorError: '#c11c28',
    colorTextPlaceholder: 'rgba(0, 0, 0, 0.62)',
    colorTextDescription: 'rgba(0, 0, 0, 0.62)',
    colorTextTertiary: 'rgba(0, 0, 0, 0.62)',
  },
  dark: {
    fontFamily: FONT,
    motion: false,
    colorPrimary: '#2f7de0',
    colorLink: '#69b1ff',
    colorError: '#ff7a75',
    colorTextPlaceholder: 'rgba(255, 255, 255, 0.65)',
    colorTextDescription: 'rgba(255, 255, 255, 0.65)',
    colorTextTertiary: 'rgba(255, 255, 255, 0.65)',
  },
} as const;

/** What is chosen, in words on the dark ground. */
const ON_DARK = {
  Button: { colorPrimaryHover: '#1f6fd1', defaultHoverColor: '#69b1ff', defaultHoverBorderColor: '#69b1ff' },
  Tabs: { itemSelectedColor: '#69b1ff', itemActiveColor: '#69b1ff', inkBarColor: '#69b1ff' },
  Menu: { itemSelectedColor: '#91caff' },
  Pagination: { itemActiveColor: '#69b1ff' },
} as const;

export function Console({ who }: { who: Who }) {
  const { language, colours } = usePreferences();
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: retries, staleTime: 5_000 } } }),
  );
  // One router for as long as one person works here.
  const [router] = useState(() => routerFor(who));
  const { id } = who.user;
  // Somebody has signed in again: what failed meanwhile is asked for anew. What the platform says is in the language of now.
  useEffect(() => void queries.invalidateQueries(), [queries, language, id, who]);
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: colours === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: TOKENS[colours],
        components: colours === 'dark' ? ON_DARK : {},
      }}
    >
      <App>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
