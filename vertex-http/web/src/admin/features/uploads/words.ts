import { dictionary } from '../../words';

export const uploadWords = dictionary(
  {
    title: (done: number, all: number) => `Uploads: ${done} of ${all} done`,
    drop: 'Let go to upload',
    dropHint: 'Videos go to the pictures whose names they share.',
    state: { waiting: 'Waiting', sending: 'Sending', making: 'Preparing', done: 'Done', failed: 'Failed' } as Record<string, string>,
    videos: (count: number) => (count === 0 ? 'no video' : count === 1 ? '1 video' : `${count} videos`),
    good: 'Good to print',
    fair: 'Weak: works from near and in good light',
    poor: 'Poor: choose another picture',
    printWidth: (width: string) => `Print it at least ${width} wide`,
    open: 'Open',
    again: 'Try again',
    leftOver: (names: string) => `Not taken, since no picture has their name: ${names}`,
    clear: 'Clear',
    hide: 'Hide',
    show: 'Show',
  },
  {
    title: (done: number, all: number) => `Загрузки: готово ${done} из ${all}`,
    drop: 'Отпустите, чтобы загрузить',
    dropHint: 'Видео попадут к изображениям с тем же именем.',
    state: { waiting: 'В очереди', sending: 'Отправляется', making: 'Готовится', done: 'Готово', failed: 'Ошибка' } as Record<
      string,
      string
    >,
    videos: (count: number) => (count === 0 ? 'без видео' : `видео: ${count}`),
    good: 'Можно печатать',
    fair: 'Слабое: узнаётся вблизи и при хорошем свете',
    poor: 'Плохое: выберите другое изображение',
    printWidth: (width: string) => `Печатайте не уже ${width}`,
    open: 'Открыть',
    again: 'Повторить',
    leftOver: (names: string) => `Не приняты, так как нет изображений с такими именами: ${names}`,
    clear: 'Очистить',
    hide: 'Свернуть',
    show: 'Показать',
  },
);
