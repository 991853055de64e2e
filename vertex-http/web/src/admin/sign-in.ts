import { signIn, whoAmI, type User } from './api';
import { h } from './dom';
import { field, generalError, onSubmit } from './form';

/** The page that lets a user in. */
export function signInPage(onSignedIn: (user: User) => void): HTMLElement {
  const username = h('input', { name: 'username', autocomplete: 'username', required: true, autofocus: true });
  const password = h('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const form = h(
    'form',
    { className: 'panel sign-in', method: 'post' },
    h('span', { className: 'logo' }),
    h('h1', {}, 'Vertex AR'),
    h('p', { className: 'soft' }, 'Sign in to bring pictures to life.'),
    field('User name', username),
    field('Password', password),
    generalError(),
    h('button', { type: 'submit', className: 'primary' }, 'Sign in'),
  );
  onSubmit(form, async () => {
    await signIn(username.value.trim(), password.value);
    onSignedIn(await whoAmI());
  });
  return h('main', { className: 'centre' }, form);
}
