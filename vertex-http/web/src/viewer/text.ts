import type { StateName } from './state';

/** What a state says: a heading, a sentence or two, and the button's words when there is something to do. */
export interface Message {
  title: string;
  text: string;
  action?: string;
}

/** All words of the viewer in one language. */
export interface Dictionary {
  states: Record<StateName, Message>;
  progress: string;
  unmute: string;
  mute: string;
  play: string;
  preview: string;
}

const english: Dictionary = {
  states: {
    loading: { title: 'Getting ready', text: 'In a moment you can bring the picture to life.' },
    ask: {
      title: 'Bring the picture to life',
      text: 'Your camera is needed to find the picture. What it sees stays on your device: nothing is recorded or sent.',
      action: 'Start camera',
    },
    starting: { title: 'Starting the camera', text: 'If your browser asks, allow it to use the camera.' },
    scanning: { title: 'Point at the picture', text: 'Fit the whole picture on the screen and hold steady.' },
    playing: { title: 'Playing', text: 'The video plays on the picture.' },
    lost: { title: 'Find the picture again', text: 'The video goes on as soon as the picture is back.' },
    expired: { title: 'This picture has gone to rest', text: 'Its time to play has ended. Please ask whoever gave it to you.' },
    inactive: { title: 'Switched off for now', text: 'The owner has paused this picture. Please come back later.' },
    processing: { title: 'Almost there', text: 'The picture is still being prepared. This page goes on by itself.' },
    failed: { title: 'This picture did not work out', text: 'It could not be prepared for the camera. Its owner needs to upload it again.' },
    'not-found': { title: 'Nothing here', text: 'This address belongs to no picture. Please scan the code once more.' },
    'no-video': { title: 'No video yet', text: 'This picture has no video to play at the moment. Please come back later.', action: 'Check again' },
    unplayable: { title: 'The video does not play here', text: 'This browser cannot show this kind of video. Please try another browser.', action: 'Try again' },
    'camera-refused': {
      title: 'The camera is blocked',
      text: 'Allow the camera for this page in the browser’s settings (usually behind the icon next to the address), then try again.',
      action: 'Try again',
    },
    'no-camera': { title: 'No camera found', text: 'Please open this page on a phone, or connect a camera.', action: 'Try again' },
    'camera-busy': { title: 'The camera is busy', text: 'Another app or tab is using it. Close that one and try again.', action: 'Try again' },
    unsupported: { title: 'This browser cannot do it', text: 'Please open this page in a current Chrome, Safari, Firefox or Edge, not inside another app.', action: 'Copy the link' },
    insecure: { title: 'A secure address is needed', text: 'Browsers give the camera to secure pages only. Please open this page with https:// at the beginning.', action: 'Open with https' },
    offline: { title: 'No connection', text: 'The server could not be reached. Check your network and try again.', action: 'Try again' },
    broken: { title: 'Something went wrong', text: 'The page lost its footing. A fresh start usually helps.', action: 'Start again' },
  },
  progress: 'Loaded',
  unmute: 'Turn the sound on',
  mute: 'Turn the sound off',
  play: 'Play the video',
  preview: 'The picture to look for',
};

const russian: Dictionary = {
  states: {
    loading: { title: 'Готовим картинку', text: 'Ещё немного, и она оживёт.' },
    ask: {
      title: 'Оживите картинку',
      text: 'Камера нужна, чтобы найти картинку. Всё, что она видит, остаётся на вашем устройстве: ничего не записывается и не отправляется.',
      action: 'Включить камеру',
    },
    starting: { title: 'Включаем камеру', text: 'Если браузер спросит, разрешите доступ к камере.' },
    scanning: { title: 'Наведите на картинку', text: 'Пусть она целиком поместится на экране. Держите телефон ровно.' },
    playing: { title: 'Видео идёт', text: 'Видео идёт на картинке.' },
    lost: { title: 'Верните картинку в кадр', text: 'Видео продолжится, как только она появится.' },
    expired: { title: 'Срок показа закончился', text: 'Эта картинка больше не оживает. Спросите того, кто её вам дал.' },
    inactive: { title: 'Пока выключено', text: 'Владелец приостановил показ. Зайдите позже.' },
    processing: { title: 'Почти готово', text: 'Картинка ещё готовится. Страница продолжит сама.' },
    failed: { title: 'Картинка не получилась', text: 'Её не удалось подготовить для камеры. Владельцу нужно загрузить её заново.' },
    'not-found': { title: 'Здесь ничего нет', text: 'По этому адресу нет картинки. Отсканируйте код ещё раз.' },
    'no-video': { title: 'Видео пока нет', text: 'Сейчас у этой картинки нет видео. Зайдите позже.', action: 'Проверить снова' },
    unplayable: { title: 'Видео здесь не идёт', text: 'Этот браузер не показывает такое видео. Попробуйте другой браузер.', action: 'Повторить' },
    'camera-refused': {
      title: 'Камера запрещена',
      text: 'Разрешите камеру для этой страницы в настройках браузера (обычно значок рядом с адресом) и повторите.',
      action: 'Повторить',
    },
    'no-camera': { title: 'Камера не найдена', text: 'Откройте страницу на телефоне или подключите камеру.', action: 'Повторить' },
    'camera-busy': { title: 'Камера занята', text: 'Её использует другое приложение или вкладка. Закройте их и повторите.', action: 'Повторить' },
    unsupported: { title: 'Этот браузер не подходит', text: 'Откройте страницу в свежем Chrome, Safari, Firefox или Edge, а не внутри другого приложения.', action: 'Скопировать ссылку' },
    insecure: { title: 'Нужен защищённый адрес', text: 'Браузер даёт камеру только защищённым страницам. Откройте эту страницу с https:// в начале.', action: 'Открыть через https' },
    offline: { title: 'Нет связи', text: 'Сервер не отвечает. Проверьте сеть и повторите.', action: 'Повторить' },
    broken: { title: 'Что-то пошло не так', text: 'Страница сбилась. Обычно помогает начать заново.', action: 'Начать заново' },
  },
  progress: 'Загружено',
  unmute: 'Включить звук',
  mute: 'Выключить звук',
  play: 'Запустить видео',
  preview: 'Картинка, которую нужно найти',
};

export const dictionaries = { en: english, ru: russian };
export type Language = keyof typeof dictionaries;

/** The first of the visitor's languages that we speak; English otherwise. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'ru') return language;
  }
  return 'en';
}
