type Child = Node | string | null | false;
type Properties<T> = Partial<Omit<T, 'style' | 'dataset'>> & { data?: Record<string, string>; aria?: Record<string, string> };

/** Makes an element with properties and children; `null` and `false` children are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<HTMLElementTagNameMap[K]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const { data = {}, aria = {}, ...plain } = properties;
  const element = Object.assign(document.createElement(tag), plain);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return element;
}

/** Replaces all children of an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => child !== null && child !== false));
}

/** Tells the visitor something that needs no answer. */
export function notify(message: string): void {
  const notice = document.querySelector<HTMLElement>('[data-role="notice"]');
  if (!notice) return;
  notice.textContent = message;
  notice.hidden = false;
  clearTimeout(Number(notice.dataset['timer']));
  notice.dataset['timer'] = String(setTimeout(() => (notice.hidden = true), 5000));
}
