import { dictionary } from '../../words';

export const notificationWords = dictionary(
  {
    title: 'Notifications',
    empty: 'Nothing has happened yet',
    readAll: 'Mark all as read',
    read: 'Mark as read',
    open: 'Open the picture',
    failed: 'Messages that could not be delivered',
    sendAgain: 'Send again',
    channels: { email: 'Email', telegram: 'Telegram' } as Record<string, string>,
  },
  {
    title: 'Уведомления',
    empty: 'Пока ничего не произошло',
    readAll: 'Отметить всё прочитанным',
    read: 'Отметить прочитанным',
    open: 'Открыть изображение',
    failed: 'Недоставленные сообщения',
    sendAgain: 'Отправить снова',
    channels: { email: 'Эл. почта', telegram: 'Telegram' } as Record<string, string>,
  },
);
