import { dictionary } from '../../words';

export const orderWords = dictionary(
  {
    title: 'Orders',
    add: 'New order',
    change: 'Change order',
    empty: 'No orders yet',
    emptyHint: 'An order belongs to a client; enter the client first.',
    client: 'Client',
    status: { new: 'New', in_progress: 'In progress', completed: 'Completed', cancelled: 'Cancelled' } as Record<string, string>,
    moveTo: 'Move to',
    nothing: 'None',
    unknownClient: 'Client',
    deleteTitle: 'Delete this order?',
    deleteHint: 'This cannot be undone.',
    more: (number: number) => `${number} more`,
  },
  {
    title: 'Заказы',
    add: 'Новый заказ',
    change: 'Изменить заказ',
    empty: 'Заказов пока нет',
    emptyHint: 'Заказ принадлежит клиенту; сначала добавьте клиента.',
    client: 'Клиент',
    status: { new: 'Новые', in_progress: 'В работе', completed: 'Выполнены', cancelled: 'Отменены' } as Record<string, string>,
    moveTo: 'Переместить',
    nothing: 'Нет',
    unknownClient: 'Клиент',
    deleteTitle: 'Удалить этот заказ?',
    deleteHint: 'Вернуть его будет нельзя.',
    more: (number: number) => `ещё ${number}`,
  },
);
