import { Problem } from '../shared/http';
import { addVideo, createContent, type Content } from './api';
import { h, notify } from './dom';
import { dropZone } from './drop-zone';
import { field, generalError, onSubmit } from './form';
import { titleFrom } from './format';

export const PICTURE_TYPES = 'image/jpeg,image/png,image/webp';
export const VIDEO_TYPES = 'video/mp4,video/quicktime,video/webm,.mov';

/** The form that makes a new content; `onCreated` gets it as soon as the server has it all. */
export function createForm(onCreated: (content: Content) => void): HTMLElement {
  const title = h('input', { name: 'title', required: true, maxLength: 200, placeholder: 'Anna’s portrait' });
  const picture = dropZone('image', PICTURE_TYPES, 'Drop a picture, or choose one', (file) => {
    if (title.value === '') title.value = titleFrom(file.name);
  });
  const video = dropZone('video', VIDEO_TYPES, 'Drop its video (optional)');
  const bar = h('progress', { max: 1, value: 0, hidden: true, ariaLabel: 'Uploaded' });
  const form = h(
    'form',
    { className: 'panel create' },
    h('h2', {}, 'New picture'),
    h('div', { className: 'drops' }, picture.element, video.element),
    field('Title', title),
    generalError(),
    bar,
    h('button', { type: 'submit', className: 'primary' }, 'Upload'),
  );

  onSubmit(form, async () => {
    const image = picture.file();
    if (!image) throw new Problem(422, 'validation', '', [{ field: 'image', message: 'Choose a picture first.' }]);
    const clip = video.file();
    const total = image.size + (clip?.size ?? 0);
    bar.hidden = false;
    try {
      const content = await createContent(title.value.trim(), image, (sent) => (bar.value = sent / total));
      title.value = '';
      picture.clear();
      if (clip) await attach(content, clip, (sent) => (bar.value = (image.size + sent) / total));
      video.clear();
      onCreated(content);
    } finally {
      bar.hidden = true;
    }
  });
  return form;
}

/** The picture is safe by now: a refused video must not look like a refused picture. */
async function attach(content: Content, clip: File, onProgress: (sent: number) => void): Promise<void> {
  try {
    await addVideo(content.id, clip, onProgress);
  } catch (failure) {
    const reason = failure instanceof Problem ? (failure.field('video') ?? failure.message) : String(failure);
    notify(`The picture is saved, but not its video. ${reason}`);
  }
}
