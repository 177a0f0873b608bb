/** The console's first script: who is it? What is behind the sign-in is loaded when somebody is known. */
import { lazy, StrictMode, Suspense, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { session, useSession } from './session/session.ts';
import { SignInAgain, SignInPage } from './session/sign-in.tsx';
import { useSay } from './preferences.ts';

const Console = lazy(async () => ({ default: (await import('./shell/console.tsx')).Console }));
// A page that stood open over a new version asks for parts that are gone: once, it starts anew.
addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('membership.reloaded') ?? 0);
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem('membership.reloaded', String(Date.now()));
  location.reload();
});

function Waiting() {
  return (
    <div className="waiting" role="status">
      {useSay()({ zh: '正在加载…', en: 'Loading …' })}
    </div>
  );
}

function Root() {
  const now = useSession();
  useEffect(() => void session.resume(), []);
  if (now.kind === 'starting') return <Waiting />;
  if (now.kind === 'out') return <SignInPage />;
  return (
    <>
      <Suspense fallback={<Waiting />}>
        <Console who={now.who} />
      </Suspense>
      {now.kind === 'over' && <SignInAgain username={now.who.user.username} />}
    </>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
