import { dictionary } from '../../words';

export const authWords = dictionary(
  {
    title: 'Sign in',
    username: 'Username',
    password: 'Password',
    signIn: 'Sign in',
    signOut: 'Sign out',
    intro: 'Pictures that come alive in a phone’s browser.',
  },
  {
    title: 'Вход',
    username: 'Имя пользователя',
    password: 'Пароль',
    signIn: 'Войти',
    signOut: 'Выйти',
    intro: 'Изображения, которые оживают в браузере телефона.',
  },
);
