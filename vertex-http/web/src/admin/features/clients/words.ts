import { dictionary } from '../../words';

export const clientWords = dictionary(
  {
    title: 'Clients',
    add: 'New client',
    change: 'Change client',
    empty: 'No clients yet',
    emptyHint: 'Whoever orders a portrait is a client: with a name and a phone number.',
    nobody: 'Nobody matches',
    portraits: 'Portraits',
    noPortraits: 'No portraits yet',
    orders: 'Orders',
    noOrders: 'No orders yet',
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteHint: 'This cannot be undone. Orders and portraits of a client keep it from being deleted.',
    deleted: (name: string) => `${name} was deleted`,
  },
  {
    title: 'Клиенты',
    add: 'Новый клиент',
    change: 'Изменить клиента',
    empty: 'Клиентов пока нет',
    emptyHint: 'Клиент — тот, кто заказывает портрет: у него есть имя и телефон.',
    nobody: 'Никого не найдено',
    portraits: 'Портреты',
    noPortraits: 'Портретов пока нет',
    orders: 'Заказы',
    noOrders: 'Заказов пока нет',
    deleteTitle: (name: string) => `Удалить клиента «${name}»?`,
    deleteHint: 'Вернуть его будет нельзя. Клиента, у которого есть заказы или портреты, удалить нельзя.',
    deleted: (name: string) => `Клиент «${name}» удалён`,
  },
);
