import { useEffect } from 'react';
import { useNavigate } from 'react-router';

/** Where `g` and a letter lead. */
export const PLACES: Record<string, string> = {
  d: '/',
  p: '/contents',
  j: '/projects',
  c: '/clients',
  o: '/orders',
  a: '/analytics',
  n: '/notifications',
  u: '/users',
};

const SECOND_KEY_MS = 1500;

/** Whether somebody is typing, or a dialog or menu has the keyboard. */
export function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"], [role="grid"]') !== null
  );
}

/** `/` goes to the search, `n` makes a new one of what the page lists, `g` and a letter goes to a page. */
export function useHotkeys() {
  const navigate = useNavigate();
  useEffect(() => {
    let begun = 0;
    const hear = (event: KeyboardEvent) => {
      const { key, target, ctrlKey, metaKey, altKey, timeStamp } = event;
      if (ctrlKey || metaKey || altKey || isTaken(target)) return;
      const place = timeStamp - begun < SECOND_KEY_MS ? PLACES[key] : undefined;
      begun = key === 'g' ? timeStamp : 0;
      const element = document.querySelector<HTMLElement>(`[data-hotkey="${CSS.escape(key)}"]`);
      if (place === undefined && !element) return;
      event.preventDefault();
      if (place !== undefined) void navigate(place);
      else if (element instanceof HTMLInputElement) element.focus();
      else element?.click();
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [navigate]);
}
