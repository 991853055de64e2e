import { listContents, type User } from './api';
import { ContentCard } from './card';
import { createForm } from './create';
import { fill, h } from './dom';
import { header } from './header';

/** Milliseconds of quiet typing before a search begins. */
const TYPING_PAUSE = 250;

/** The page of a signed-in user: what there is, and a form for more. */
export function libraryPage(user: User, onSignedOut: () => void): HTMLElement {
  const list = h('section', { className: 'list', ariaLabel: 'Pictures' });
  const pager = h('nav', { className: 'row pager', ariaLabel: 'Pages' });
  const search = h('input', { type: 'search', placeholder: 'Search', ariaLabel: 'Search' });
  let page = 1;
  let latest = 0;

  const refresh = async (): Promise<void> => {
    const request = ++latest;
    try {
      const found = await listContents(page, search.value.trim());
      if (request !== latest) return;
      if (found.items.length === 0 && page > 1) return turn(page - 1);
      fill(list, ...found.items.map((content) => new ContentCard(content, () => void refresh()).element));
      if (found.total === 0) fill(list, emptyList(search.value !== ''));
      fill(pager, ...pageButtons(page, Math.ceil(found.total / found.per_page), turn));
    } catch (failure) {
      if (request === latest) fill(list, h('p', { className: 'error' }, failure instanceof Error ? failure.message : String(failure)));
    }
  };
  const turn = (to: number): Promise<void> => {
    page = to;
    return refresh();
  };

  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = window.setTimeout(() => void turn(1), TYPING_PAUSE);
  });
  void refresh();

  return h(
    'div',
    {},
    header(user, '', onSignedOut),
    h('main', { className: 'library' }, createForm(() => void turn(1)), h('div', {}, search, list, pager)),
  );
}

function emptyList(searched: boolean): HTMLElement {
  return h('p', { className: 'empty soft' }, searched ? 'Nothing found.' : 'No pictures yet. Upload the first one.');
}

function pageButtons(page: number, pages: number, turn: (to: number) => Promise<void>): (HTMLElement | null)[] {
  if (pages < 2) return [];
  const step = (label: string, to: number) => {
    const button = h('button', { type: 'button', className: 'quiet', disabled: to < 1 || to > pages }, label);
    button.addEventListener('click', () => void turn(to));
    return button;
  };
  return [step('Earlier', page - 1), h('span', { className: 'soft' }, `${page} of ${pages}`), step('Later', page + 1)];
}
