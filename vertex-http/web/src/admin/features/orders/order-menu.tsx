import MoreIcon from '@mui/icons-material/MoreVert';
import { IconButton, ListSubheader, Menu, MenuItem } from '@mui/material';
import { useState } from 'react';
import { useConfirm } from '../../ui/confirm';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { nextOf, type Order, type Status } from './board';
import { useDeleteOrder } from './queries';
import { orderWords } from './words';

interface Props {
  order: Order;
  name: string;
  moveTo: (order: Order, status: Status) => void;
  edit: (order: Order) => void;
}

/** What can be done with an order, moving it without a pointer among it. */
export function OrderMenu({ order, name, moveTo, edit }: Props) {
  const text = useText(orderWords);
  const words = useText(common);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const confirm = useConfirm();
  const snack = useSnack();
  const remove = useDeleteOrder();
  const close = () => setAnchor(null);
  const ask = async () => {
    if (await confirm({ title: text.deleteTitle, detail: text.deleteHint, confirm: words.delete }))
      remove.mutate(order.id, { onError: snack.failed });
  };
  const item = (label: string | undefined, act: () => void) => (
    <MenuItem
      key={label}
      onClick={() => {
        close();
        act();
      }}
    >
      {label}
    </MenuItem>
  );
  return (
    <>
      <IconButton
        size="small"
        aria-label={`${words.more}: ${name}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        onPointerDown={(event) => event.stopPropagation()}
      >
        <MoreIcon fontSize="small" />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close}>
        <ListSubheader sx={{ lineHeight: 2 }}>{text.moveTo}</ListSubheader>
        {nextOf(order.status).map((status) => item(text.status[status], () => moveTo(order, status)))}
        {item(words.edit, () => edit(order))}
        {item(words.delete, () => void ask())}
      </Menu>
    </>
  );
}
