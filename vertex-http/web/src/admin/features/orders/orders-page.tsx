import { DndContext, type DragEndEvent, PointerSensor, useDraggable, useDroppable, useSensor, useSensors } from '@dnd-kit/core';
import AddIcon from '@mui/icons-material/Add';
import { Box, Button, Paper, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useLocale, useText } from '../../words';
import { nextOf, type Order, STATUSES, type Status } from './board';
import { OrderDialog } from './order-dialog';
import { OrderMenu } from './order-menu';
import { useClientNames, useColumn, useMoveOrder } from './queries';
import { orderWords } from './words';

/** Orders in the columns of where they stand. */
export function Component() {
  const text = useText(orderWords);
  const [edited, setEdited] = useState<Order | 'new' | null>(null);
  const [dragged, setDragged] = useState<Order | null>(null);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 8 } }));
  const move = useMoveOrder();
  const snack = useSnack();
  const moveTo = (order: Order, status: Status) => move.mutate({ order, status }, { onError: snack.failed });
  const drop = ({ active, over }: DragEndEvent) => {
    const order = active.data.current as Order;
    const status = over?.id as Status | undefined;
    setDragged(null);
    if (status && nextOf(order.status).includes(status)) moveTo(order, status);
  };
  return (
    <>
      <PageHead title={text.title}>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setEdited('new')} data-hotkey="n">
          {text.add}
        </Button>
      </PageHead>
      <DndContext
        sensors={sensors}
        onDragStart={({ active }) => setDragged(active.data.current as Order)}
        onDragEnd={drop}
        onDragCancel={() => setDragged(null)}
      >
        <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr', lg: 'repeat(4, 1fr)' } }}>
          {STATUSES.map((status) => (
            <Column key={status} status={status} dragged={dragged} moveTo={moveTo} edit={setEdited} />
          ))}
        </Box>
      </DndContext>
      {edited && <OrderDialog order={edited === 'new' ? null : edited} close={() => setEdited(null)} />}
    </>
  );
}

interface CardActions {
  moveTo: (order: Order, status: Status) => void;
  edit: (order: Order) => void;
}

function Column({ status, dragged, ...actions }: { status: Status; dragged: Order | null } & CardActions) {
  const text = useText(orderWords);
  const { number } = useLocale();
  const orders = useColumn(status);
  const takes = dragged !== null && nextOf(dragged.status).includes(status);
  const { setNodeRef, isOver } = useDroppable({ id: status, disabled: !takes });
  const items = orders.data?.items ?? [];
  const hidden = (orders.data?.total ?? 0) - items.length;
  return (
    <Paper
      ref={setNodeRef}
      variant="outlined"
      component="section"
      aria-label={text.status[status]}
      sx={{ p: 1.5, minHeight: 160, bgcolor: isOver ? 'action.selected' : 'action.hover', borderColor: takes ? 'primary.main' : 'divider' }}
    >
      <Stack direction="row" sx={{ justifyContent: 'space-between', mb: 1 }}>
        <Typography variant="h2">{text.status[status]}</Typography>
        <Typography color="textSecondary">{number(orders.data?.total ?? 0)}</Typography>
      </Stack>
      {orders.error && <ProblemAlert error={orders.error} retry={() => void orders.refetch()} />}
      <Stack spacing={1}>
        {items.map((order) => (
          <OrderCard key={order.id} order={order} {...actions} />
        ))}
        {hidden > 0 && <Typography color="textSecondary">{text.more(hidden)}</Typography>}
      </Stack>
    </Paper>
  );
}

function OrderCard({ order, moveTo, edit }: { order: Order } & CardActions) {
  const text = useText(orderWords);
  const { ago } = useLocale();
  const clients = useClientNames();
  const { setNodeRef, listeners, transform, isDragging } = useDraggable({ id: order.id, data: order });
  const name = clients.data?.items.find(({ id }) => id === order.client_id)?.name ?? text.unknownClient;
  return (
    <Paper
      ref={setNodeRef}
      {...listeners}
      elevation={isDragging ? 6 : 0}
      style={{ transform: transform ? `translate(${transform.x}px, ${transform.y}px)` : 'none' }}
      sx={{ p: 1.5, cursor: 'grab', position: 'relative', zIndex: isDragging ? 2 : 0 }}
    >
      <Stack direction="row" sx={{ alignItems: 'start' }}>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          <Typography noWrap sx={{ fontWeight: 600 }}>
            {name}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {ago(order.created_at)}
          </Typography>
        </Box>
        <OrderMenu order={order} name={name} moveTo={moveTo} edit={edit} />
      </Stack>
      {order.notes && (
        <Typography variant="body2" sx={{ mt: 0.5, whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {order.notes}
        </Typography>
      )}
    </Paper>
  );
}
