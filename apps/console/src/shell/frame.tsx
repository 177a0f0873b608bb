/** The frame around each page: where one can go, who one is, and for which tenant. */
import { useEffect, useId, useState, type ReactNode } from 'react';
import { Link, useLocation } from '@tanstack/react-router';
import { Button, Drawer, Dropdown, Grid, Layout, theme } from 'antd';
import { DownOutlined, MenuOutlined, RightOutlined, UserOutlined } from '@ant-design/icons';
import { usePlace } from '../api/use-api.ts';
import { prefer, usePreferences, useSay, type Text } from '../preferences.ts';
import { session, type Who } from '../session/session.ts';
import { PAGES, PLATFORM_PAGES } from './pages.ts';

const WORDS = {
  menu: { zh: '菜单', en: 'Menu' },
  platform: { zh: '平台管理', en: 'The platform' },
  skip: { zh: '跳到内容', en: 'Skip to the content' },
  account: { zh: '账号', en: 'Account' },
  mine: { zh: '我的账号', en: 'My account' },
  signOut: { zh: '退出登录', en: 'Sign out' },
  dark: { zh: '深色', en: 'Dark' },
  light: { zh: '浅色', en: 'Light' },
  zone: { zh: '时区', en: 'Zone' },
} as const satisfies Record<string, Text>;

export function Frame({
  who,
  tenantName,
  children,
}: {
  who: Who;
  tenantName: string | null;
  children: ReactNode;
}) {
  const say = useSay();
  const { language, colours } = usePreferences();
  const { tenant, timezone } = usePlace();
  const { lg: isWide = true } = Grid.useBreakpoint();
  const { token } = theme.useToken();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [pathname]);
  const menu = <Navigation isSuper={who.user.role === 'super'} />;
  return (
    <Layout style={{ minHeight: '100dvh' }}>
      <a className="skip" href="#content">
        {say(WORDS.skip)}
      </a>
      {isWide ? (
        <Layout.Sider
          theme="light"
          width={216}
          // However long a page is, the menu stays at hand.
          style={{
            borderInlineEnd: `1px solid ${token.colorBorderSecondary}`,
            ...{ position: 'sticky', top: 0, height: '100dvh', overflow: 'auto' },
          }}
        >
          {menu}
        </Layout.Sider>
      ) : (
        <Drawer
          open={isOpen}
          onClose={() => setOpen(false)}
          placement="left"
          size={260}
          title={say(WORDS.menu)}
          styles={{ body: { padding: 0 } }}
        >
          {menu}
        </Drawer>
      )}
      <Layout>
        <Layout.Header
          className="top"
          style={{
            background: token.colorBgContainer,
            borderBottom: `1px solid ${token.colorBorderSecondary}`,
          }}
        >
          {!isWide && (
            <Button icon={<MenuOutlined />} aria-label={say(WORDS.menu)} onClick={() => setOpen(true)} />
          )}
          <span className="name" title={`${say(WORDS.zone)}: ${timezone}`}>
            {tenantName ?? say(WORDS.platform)}
          </span>
          <Button
            type="text"
            lang={language === 'zh' ? 'en' : 'zh'}
            onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}
          >
            {language === 'zh' ? 'EN' : '中文'}
          </Button>
          <Button type="text" onClick={() => prefer({ colours: colours === 'dark' ? 'light' : 'dark' })}>
            {say(colours === 'dark' ? WORDS.light : WORDS.dark)}
          </Button>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'zone', disabled: true, label: `${say(WORDS.zone)}: ${timezone}` },
                {
                  key: 'account',
                  label: (
                    <Link to={who.user.role === 'super' ? '/platform/account' : `/t/${tenant}/account`}>
                      {say(WORDS.mine)}
                    </Link>
                  ),
                },
                { key: 'out', label: say(WORDS.signOut), onClick: () => void session.signOut() },
              ],
            }}
          >
            <Button icon={<UserOutlined />} aria-label={`${say(WORDS.account)}: ${who.user.username}`}>
              {isWide ? who.user.username : null}
            </Button>
          </Dropdown>
        </Layout.Header>
        <Layout.Content id="content" style={{ padding: isWide ? 24 : 12, minWidth: 0 }}>
          {children}
        </Layout.Content>
      </Layout>
    </Layout>
  );
}

function Navigation({ isSuper }: { isSuper: boolean }) {
  const say = useSay();
  const { tenant } = usePlace();
  const { pathname } = useLocation();
  const base = `/t/${tenant}`;
  const lines = tenant === null ? [] : PAGES.map((line) => ({ ...line, to: `${base}/${line.path}` }));
  const platform = isSuper
    ? PLATFORM_PAGES.map((line) => ({ ...line, to: `/platform/${line.path}`, group: WORDS.platform }))
    : [];
  const shown = [...lines, ...platform].filter(({ menu }) => menu);
  const here = [...shown]
    .sort((left, right) => right.to.length - left.to.length)
    .find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  const link = ({ to, menu }: (typeof shown)[number]) => (
    <li key={to}>
      <Link
        to={to}
        activeOptions={{ exact: true }}
        className={to === here?.to ? 'here' : ''}
        {...(to === here?.to ? { 'aria-current': 'page' } : {})}
      >
        {say(menu as Text)}
      </Link>
    </li>
  );
  // A group stands where the first of its pages does.
  const places = shown.filter(
    ({ group }, index) => !group || shown.findIndex((one) => one.group === group) === index,
  );
  return (
    <nav aria-label={say(WORDS.menu)}>
      <ul className="menu">
        {places.map((line) =>
          line.group ? (
            <Group key={line.group.en} title={line.group} isHere={here?.group === line.group}>
              {shown.filter(({ group }) => group === line.group).map(link)}
            </Group>
          ) : (
            link(line)
          ),
        )}
      </ul>
    </nav>
  );
}

/** Pages of one matter: seen where one is, and where somebody opened it. */
function Group({ title, isHere, children }: { title: Text; isHere: boolean; children: ReactNode }) {
  const say = useSay();
  const id = useId();
  const [chosen, setChosen] = useState<boolean>();
  // Whoever comes to a page of it sees it there.
  useEffect(() => {
    if (isHere) setChosen((before) => before || undefined);
  }, [isHere]);
  const isOpen = chosen ?? isHere;
  return (
    <li>
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setChosen(!isOpen)}>
        {say(title)}
        {isOpen ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
      </button>
      <ul id={id} hidden={!isOpen}>
        {children}
      </ul>
    </li>
  );
}
