import { expect, test } from 'vitest';
import { paired, stem } from './pairing';

const file = (name: string) => new File([], name);
const names = ({ pairs, orphans, others }: ReturnType<typeof paired>) => ({
  pairs: pairs.map(({ title, videos }) => [title, ...videos.map(({ name }) => name)]),
  orphans: orphans.map(({ name }) => name),
  others: others.map(({ name }) => name),
});

test('videos go to the pictures whose names they share', () => {
  const dropped = ['anna.jpg', 'anna.mp4', 'Boris_photo.PNG', 'boris_video.mov', 'boris-2.webm', 'notes.txt', 'clara.mp4'].map(file);
  expect(names(paired(dropped))).toEqual({
    pairs: [
      ['anna', 'anna.mp4'],
      ['Boris photo', 'boris_video.mov', 'boris-2.webm'],
    ],
    orphans: ['clara.mp4'],
    others: ['notes.txt'],
  });
});

test('the longest name that fits wins, and no name fits by half a word', () => {
  const dropped = ['img.jpg', 'img_1.jpg', 'img_1_long.mp4', 'imgur.mp4'].map(file);
  expect(names(paired(dropped))).toEqual({ pairs: [['img'], ['img 1', 'img_1_long.mp4']], orphans: ['imgur.mp4'], others: [] });
});

test('a lone picture takes every video', () => {
  expect(names(paired(['wedding.jpg', 'MVI_0042.MOV'].map(file))).pairs).toEqual([['wedding', 'MVI_0042.MOV']]);
});

test('stems forget extensions, copies and kinds', () => {
  expect(['Anna (2).jpg', 'anna-video.mp4', 'anna_Фото.jpeg', 'anna.JPG'].map(stem)).toEqual(['anna', 'anna', 'anna', 'anna']);
});
