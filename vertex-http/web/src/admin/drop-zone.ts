import { h } from './dom';
import { fileSize } from './format';

/** A place to drop or choose one file. */
export interface DropZone {
  element: HTMLElement;
  file(): File | null;
  clear(): void;
}

/** Makes a drop zone for files of the given kinds; pictures are shown as soon as they are chosen. */
export function dropZone(name: string, accept: string, prompt: string, onChosen: (file: File) => void = () => {}): DropZone {
  const input = h('input', { type: 'file', name, accept, className: 'hidden-input' });
  const words = h('span', { className: 'prompt' }, prompt);
  const picture = h('img', { alt: '', hidden: true });
  const zone = h('label', { className: 'drop' }, input, picture, words);
  const error = h('p', { className: 'error', hidden: true, data: { errorOf: name } });

  const show = () => {
    const file = input.files?.[0];
    URL.revokeObjectURL(picture.src);
    picture.hidden = !file?.type.startsWith('image/');
    if (file && !picture.hidden) picture.src = URL.createObjectURL(file);
    words.textContent = file ? `${file.name}, ${fileSize(file.size)}` : prompt;
    zone.classList.toggle('chosen', file !== undefined);
    error.hidden = true;
    if (file) onChosen(file);
  };

  input.addEventListener('change', show);
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    if (event.dataTransfer?.files.length) {
      input.files = event.dataTransfer.files;
      show();
    }
  });

  return {
    element: h('div', {}, zone, error),
    file: () => input.files?.[0] ?? null,
    clear: () => {
      input.value = '';
      show();
    },
  };
}
