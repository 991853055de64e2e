import { h } from './dom';

/** Asks before something is lost; true when the user means it. */
export function confirmLoss(question: string, action: string): Promise<boolean> {
  const dialog = h(
    'dialog',
    { className: 'panel' },
    h(
      'form',
      { method: 'dialog' },
      h('p', {}, question),
      h(
        'div',
        { className: 'row end' },
        h('button', { className: 'quiet', value: '' }, 'Keep'),
        h('button', { className: 'danger', value: 'yes' }, action),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
