import { addVideo, deleteVideo, listVideos, setActiveVideo, type Video } from './api';
import { confirmLoss } from './confirm';
import { VIDEO_TYPES } from './create';
import { fill, h, notify } from './dom';
import { count, duration, fileSize } from './format';

/** The videos of one content: which of them plays, and the ways to add and remove one. Asked for when opened. */
export function videoList(contentId: string, videoCount: number): HTMLElement {
  const summary = h('summary', {}, count(videoCount, 'video'));
  const list = h('ul', { className: 'videos' });
  const bar = h('progress', { max: 1, value: 0, hidden: true, ariaLabel: 'Uploaded' });
  const input = h('input', { type: 'file', accept: VIDEO_TYPES, className: 'hidden-input' });

  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
      await refresh();
    } catch (failure) {
      notify(failure instanceof Error ? failure.message : String(failure));
    }
  };
  const refresh = async () => {
    const { items, total } = await listVideos(contentId);
    summary.textContent = count(total, 'video');
    fill(list, ...items.map((video) => row(video, contentId, attempt)));
    if (items.length === 0) fill(list, h('li', { className: 'soft' }, 'No video yet'));
  };

  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    bar.hidden = false;
    await attempt(() => addVideo(contentId, file, (sent) => (bar.value = sent / file.size)));
    bar.hidden = true;
    input.value = '';
  });
  const add = h('label', { className: 'button quiet' }, input, 'Add a video');
  const details = h('details', {}, summary, list, bar, add);
  details.addEventListener('toggle', () => details.open && void attempt(async () => {}));
  return details;
}

function row(video: Video, contentId: string, attempt: (action: () => Promise<unknown>) => Promise<void>): HTMLElement {
  const choice = h('input', { type: 'radio', name: `active-${contentId}`, checked: video.is_active });
  choice.addEventListener('change', () => void attempt(() => setActiveVideo(video.id)));
  const remove = h('button', { type: 'button', className: 'icon', ariaLabel: `Delete ${video.title}`, title: 'Delete' }, '×');
  remove.addEventListener('click', async () => {
    if (await confirmLoss(`Delete the video “${video.title}”?`, 'Delete')) await attempt(() => deleteVideo(video.id));
  });
  const facts = [video.duration_seconds === null ? '' : duration(video.duration_seconds), fileSize(video.bytes)];
  return h(
    'li',
    {},
    h('label', { title: 'Plays on the picture' }, choice, h('span', { className: 'name' }, video.title)),
    h('span', { className: 'soft' }, facts.filter(Boolean).join(' · ')),
    remove,
  );
}
