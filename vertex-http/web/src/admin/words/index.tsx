import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { formats } from './formats';

export type Language = 'en' | 'ru';

/** The same texts in every language. */
export type Dictionary<T> = Record<Language, T>;

/** A dictionary; what one language lacks or has too much of does not compile. */
export function dictionary<T>(en: T, ru: NoInfer<T>): Dictionary<T> {
  return { en, ru };
}

const KEY = 'vertex-language';

/** The language that was chosen here, else the browser's. */
export function initialLanguage(): Language {
  const chosen = localStorage.getItem(KEY) ?? navigator.language;
  return chosen.startsWith('ru') ? 'ru' : 'en';
}

type Locale = { language: Language; setLanguage: (language: Language) => void } & ReturnType<typeof formats>;

const Context = createContext<Locale | null>(null);

/** Gives every component below a language. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState(initialLanguage);
  const locale = useMemo(() => {
    document.documentElement.lang = language;
    const setLanguage = (next: Language) => {
      localStorage.setItem(KEY, next);
      choose(next);
    };
    return { language, setLanguage, ...formats(language) };
  }, [language]);
  return <Context value={locale}>{children}</Context>;
}

/** The language, and how it writes numbers, sizes and dates. */
export function useLocale(): Locale {
  const locale = useContext(Context);
  if (!locale) throw new Error('LocaleProvider is missing');
  return locale;
}

/** A dictionary's texts in the language of the page. */
export function useText<T>(texts: Dictionary<T>): T {
  return texts[useLocale().language];
}
