/** Signing in: the first page, so small that nothing else has to be loaded for it; later over a page whose session has ended. */
import { lazy, Suspense, useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { MembershipError } from '@membership/client';
import { prefer, usePreferences, useSay, type Text } from '../preferences.ts';
import { session } from './session.ts';
import './sign-in.css';

const Enrol = lazy(async () => ({ default: (await import('./enrol.tsx')).Enrol }));
const WORDS = {
  title: { zh: '登录控制台', en: 'Sign in to the console' },
  over: {
    zh: '会话已结束，请重新登录。您填写的内容仍然保留。',
    en: 'Your session has ended. Sign in again: what you typed is still there.',
  },
  username: { zh: '用户名', en: 'Username' },
  password: { zh: '密码', en: 'Password' },
  tenant: { zh: '租户（多个租户有此用户名时）', en: 'Tenant (where several know this username)' },
  code: { zh: '验证码或恢复码', en: 'Code of your authenticator, or a recovery code' },
  go: { zh: '登录', en: 'Sign in' },
  unreachable: {
    zh: '无法连接平台，请检查网络后重试。',
    en: 'The platform cannot be reached. Check the network and try again.',
  },
  dark: { zh: '深色', en: 'Dark' },
  light: { zh: '浅色', en: 'Light' },
} as const satisfies Record<string, Text>;

type Challenge = { readonly token: string; readonly isEnrolled: boolean };
/** The token of the second step, or of setting a second factor up where there is none yet. */
function challengeOf({ code, details }: MembershipError): Challenge | undefined {
  const token = details['challenge_token'];
  return code === 'SECOND_FACTOR_REQUIRED' && typeof token === 'string'
    ? { token, isEnrolled: details['is_enrolled'] === true }
    : undefined;
}

/** The form; `username` is given where somebody goes on with what was begun. */
function SignInForm({ username, children }: { username?: string; children?: ReactNode }) {
  const say = useSay();
  const { language, colours } = usePreferences();
  const [problem, setProblem] = useState<string>();
  const [challenge, setChallenge] = useState<Challenge>();
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    const tenant = text('tenant').trim();
    setAsking(true);
    setProblem(undefined);
    try {
      if (challenge) await session.prove(challenge.token, text('code').trim());
      else
        await session.signIn({
          username: text('username'),
          password: text('password'),
          ...(tenant ? { tenant } : {}),
        });
    } catch (error) {
      const next = error instanceof MembershipError ? challengeOf(error) : undefined;
      if (next) setChallenge(next);
      setProblem(error instanceof MembershipError ? error.message : say(WORDS.unreachable));
      setAsking(false);
    }
  };
  if (challenge && !challenge.isEnrolled) {
    const done = () => {
      setChallenge(undefined);
      setProblem(undefined);
      setAsking(false);
    };
    return (
      <Suspense fallback={null}>
        <Enrol challenge={challenge.token} onDone={done} />
      </Suspense>
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h1>{say(WORDS.title)}</h1>
      {children}
      {challenge ? (
        <label>
          {say(WORDS.code)}
          <input name="code" required minLength={6} maxLength={64} autoComplete="one-time-code" autoFocus />
        </label>
      ) : (
        <>
          <label>
            {say(WORDS.username)}
            <input
              name="username"
              required
              maxLength={255}
              autoComplete="username"
              defaultValue={username}
              autoFocus={!username}
            />
          </label>
          <label>
            {say(WORDS.password)}
            <input
              name="password"
              type="password"
              required
              maxLength={1024}
              autoComplete="current-password"
              autoFocus={Boolean(username)}
            />
          </label>
          <label>
            {say(WORDS.tenant)}
            <input name="tenant" maxLength={64} autoComplete="organization" />
          </label>
        </>
      )}
      <div role="alert">{problem}</div>
      <button className="go" disabled={isAsking}>
        {say(WORDS.go)}
      </button>
      <div className="quiet">
        <button
          type="button"
          lang={language === 'zh' ? 'en' : 'zh'}
          onClick={() => prefer({ language: language === 'zh' ? 'en' : 'zh' })}
        >
          {language === 'zh' ? 'English' : '中文'}
        </button>
        <button type="button" onClick={() => prefer({ colours: colours === 'dark' ? 'light' : 'dark' })}>
          {say(colours === 'dark' ? WORDS.light : WORDS.dark)}
        </button>
      </div>
    </form>
  );
}

/** The page before anybody is known. */
export function SignInPage() {
  const title = useSay()(WORDS.title);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className="sign-in">
      <SignInForm />
    </main>
  );
}

/** Over the page: it stays as it is, and is in nobody's reach until somebody has signed in. */
export function SignInAgain({ username }: { username: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const say = useSay();
  useEffect(() => {
    dialog.current?.showModal();
    // Who it was is known, and a dialog would begin with that.
    dialog.current?.querySelector<HTMLInputElement>('[name="password"]')?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="sign-in"
      aria-label={say(WORDS.title)}
      onCancel={(event) => event.preventDefault()}
    >
      <SignInForm username={username}>
        <p>{say(WORDS.over)}</p>
      </SignInForm>
    </dialog>
  );
}
