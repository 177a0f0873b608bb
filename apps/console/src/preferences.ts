/** What a person chose for this browser: language and colours. Kept here, not in the account: nothing of it is secret. */
import { useSyncExternalStore } from 'react';

/** A sentence in both languages; one that is missing does not build. */
export type Text = { readonly zh: string; readonly en: string };
export type Language = keyof Text;
export type Colours = 'light' | 'dark';
type Preferences = { readonly language: Language; readonly colours: Colours };

const KEY = 'membership.console';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
  } catch {
    return {};
  }
}
function read(): Preferences {
  const { language, colours } = stored();
  return {
    language:
      language === 'zh' || language === 'en' ? language : navigator.language.startsWith('zh') ? 'zh' : 'en',
    colours: colours === 'light' || colours === 'dark' ? colours : prefersDark.matches ? 'dark' : 'light',
  };
}

let current = read();
const listeners = new Set<() => void>();
function changed(): void {
  current = read();
  show();
  for (const listener of listeners) listener();
}
/** Readers and browsers are told by the document itself. */
function show(): void {
  document.documentElement.lang = current.language;
  document.documentElement.dataset['colours'] = current.colours;
}
show();
prefersDark.addEventListener('change', changed);
addEventListener('storage', ({ key }) => key === KEY && changed());

export function prefer(change: Partial<Preferences>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...stored(), ...change }));
  changed();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const languageNow = (): Language => current.language;
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, () => current);
/** Says a sentence in the language of whoever reads. */
export function useSay(): (text: Text) => string {
  const { language } = usePreferences();
  return (text) => text[language];
}
