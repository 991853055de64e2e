import { signOut, type User } from './api';
import { h } from './dom';
import { openPasswordDialog } from './password';

/** The pages there are, by their names in the address. */
export type PageName = '' | 'storage';

/** What is above every page of a signed-in user. */
export function header(user: User, current: PageName, onSignedOut: () => void): HTMLElement {
  const password = h('button', { type: 'button', className: 'quiet' }, 'Change password');
  password.addEventListener('click', () => openPasswordDialog());
  const leave = h('button', { type: 'button', className: 'quiet' }, 'Sign out');
  leave.addEventListener('click', () => void signOut().finally(onSignedOut));
  return h(
    'header',
    {},
    h('span', { className: 'logo' }),
    h('strong', {}, 'Vertex AR'),
    user.role !== 'user' && h('nav', { className: 'row', ariaLabel: 'Pages' }, link('Pictures', '', current), link('Storage', 'storage', current)),
    h('span', { className: 'soft who' }, user.full_name || user.username),
    password,
    leave,
  );
}

function link(label: string, to: PageName, current: PageName): HTMLElement {
  return h('a', { href: `#${to}`, className: 'page-link', ...(to === current && { aria: { current: 'page' } }) }, label);
}
