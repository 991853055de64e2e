import { Problem } from '../shared/http';
import { h } from './dom';

/** A labelled input with room for what is wrong with it. */
export function field(label: string, input: HTMLElement & { name: string }): HTMLElement {
  const error = h('p', { className: 'error', id: `${input.name}-error`, hidden: true, data: { errorOf: input.name } });
  input.setAttribute('aria-describedby', error.id);
  return h('label', { className: 'field' }, h('span', {}, label), input, error);
}

/** Writes a failure into a form: at the fields it names, and the rest in the form's own error line. */
export function showFailure(form: HTMLElement, failure: unknown): void {
  clearFailure(form);
  const places = [...form.querySelectorAll<HTMLElement>('[data-error-of]')];
  const named = failure instanceof Problem ? failure.fields : [];
  let shown = 0;
  for (const { field: name, message } of named) {
    const place = places.find((candidate) => candidate.dataset['errorOf'] === name);
    if (!place) continue;
    reveal(form, place, message);
    shown += 1;
  }
  if (shown > 0) return;
  const general = places.find((place) => place.dataset['errorOf'] === '');
  const rest = named.map(({ field: name, message }) => `${name}: ${message}`).join(' ');
  if (general) reveal(form, general, rest || (failure instanceof Error ? failure.message : String(failure)));
}

export function clearFailure(form: HTMLElement): void {
  form.querySelectorAll<HTMLElement>('[data-error-of]').forEach((place) => (place.hidden = true));
  form.querySelectorAll('[aria-invalid]').forEach((input) => input.removeAttribute('aria-invalid'));
}

/** The line for what is wrong with the form as a whole. */
export const generalError = () => h('p', { className: 'error', hidden: true, data: { errorOf: '' } });

function reveal(form: HTMLElement, place: HTMLElement, message: string): void {
  place.textContent = message;
  place.hidden = false;
  const name = place.dataset['errorOf'];
  if (name) form.querySelector(`[name="${CSS.escape(name)}"]`)?.setAttribute('aria-invalid', 'true');
}

/** Runs `action` when the form is sent, with its button switched off meanwhile; failures land in the form. */
export function onSubmit(form: HTMLFormElement, action: () => Promise<void>): void {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
    if (button) button.disabled = true;
    clearFailure(form);
    try {
      await action();
    } catch (failure) {
      showFailure(form, failure);
    } finally {
      if (button) button.disabled = false;
    }
  });
}
