import { changePassword } from './api';
import { h, notify } from './dom';
import { field, generalError, onSubmit } from './form';

/** Opens the dialog in which a user changes the password. */
export function openPasswordDialog(): void {
  const current = h('input', { name: 'current_password', type: 'password', autocomplete: 'current-password', required: true });
  const next = h('input', { name: 'new_password', type: 'password', autocomplete: 'new-password', required: true });
  const cancel = h('button', { type: 'button', className: 'quiet' }, 'Cancel');
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', {}, 'Change password'),
    field('Present password', current),
    field('New password', next),
    generalError(),
    h('div', { className: 'row end' }, cancel, h('button', { type: 'submit', className: 'primary' }, 'Change')),
  );
  const dialog = h('dialog', { className: 'panel' }, form);
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  onSubmit(form, async () => {
    await changePassword(current.value, next.value);
    dialog.close();
    notify('The password is changed.');
  });
  document.body.append(dialog);
  dialog.showModal();
}
