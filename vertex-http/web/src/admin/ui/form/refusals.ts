import { dictionary } from '../../words';

const instead = {
  en: 'Take several words that have nothing to do with each other, or let a password manager draw one.',
  ru: 'Возьмите несколько слов, никак не связанных друг с другом, или доверьте выбор менеджеру паролей.',
};

/** What the server says of a field, by the code of the rule that is broken. */
export const refusals = dictionary<Record<string, string>>(
  {
    password_common: `Many people have this password, or one like it. ${instead.en}`,
    password_personal: `It is made of your own name or address, or of the company’s name. ${instead.en}`,
    password_single_word: `It is a single word or name. ${instead.en}`,
    password_keyboard_pattern: `It follows the keys of a keyboard. ${instead.en}`,
    password_repeats: `It says the same again and again. ${instead.en}`,
    password_sequence: `It is a sequence such as abc or 6543. ${instead.en}`,
    password_date: `It is a date or a year. ${instead.en}`,
    password_guessable: `It is too short for what it is made of. ${instead.en}`,
  },
  {
    password_common: `Такой или похожий пароль есть у многих. ${instead.ru}`,
    password_personal: `Пароль составлен из вашего имени или адреса либо из названия компании. ${instead.ru}`,
    password_single_word: `Это одно слово или имя. ${instead.ru}`,
    password_keyboard_pattern: `Это клавиши, идущие подряд. ${instead.ru}`,
    password_repeats: `Одно и то же повторяется. ${instead.ru}`,
    password_sequence: `Это последовательность вроде abc или 6543. ${instead.ru}`,
    password_date: `Это дата или год. ${instead.ru}`,
    password_guessable: `Для своего состава пароль слишком короткий. ${instead.ru}`,
  },
);
