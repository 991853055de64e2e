import { closestCenter, DndContext, type DragEndEvent, KeyboardSensor, PointerSensor, useSensor, useSensors } from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable';
import AddIcon from '@mui/icons-material/Add';
import CloseIcon from '@mui/icons-material/Close';
import HandleIcon from '@mui/icons-material/DragIndicator';
import DownIcon from '@mui/icons-material/KeyboardArrowDown';
import UpIcon from '@mui/icons-material/KeyboardArrowUp';
import { Chip, IconButton, Paper, Stack, Typography } from '@mui/material';
import { useText } from '../../words';
import type { Video } from '../videos/queries';
import { moved } from './draft';
import { rotationWords } from './words';

interface Props {
  videos: Video[];
  /** Ids of those that take turns, in order. */
  chosen: string[];
  onChange: (ids: string[]) => void;
  /** Whether their order counts. */
  ordered: boolean;
}

/** Which videos take turns, and in which order: by dragging, by the keyboard, or by buttons. */
export function VideoOrder({ videos, chosen, onChange, ordered }: Props) {
  const sensors = useSensors(useSensor(PointerSensor), useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }));
  const others = videos.filter(({ id }) => !chosen.includes(id));
  const drop = ({ active, over }: DragEndEvent) => {
    const from = chosen.indexOf(String(active.id));
    if (over) onChange(moved(chosen, from, chosen.indexOf(String(over.id)) - from));
  };
  return (
    <Stack spacing={1}>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
        <SortableContext items={chosen} strategy={verticalListSortingStrategy}>
          {chosen.map((id, index) => (
            <Row
              key={id}
              id={id}
              title={videos.find((video) => video.id === id)?.title ?? '?'}
              ordered={ordered}
              move={(by) => onChange(moved(chosen, index, by))}
              remove={() => onChange(chosen.filter((other) => other !== id))}
            />
          ))}
        </SortableContext>
      </DndContext>
      <Stack direction="row" useFlexGap spacing={1} sx={{ flexWrap: 'wrap', rowGap: 1 }}>
        {others.map(({ id, title }) => (
          <Chip key={id} icon={<AddIcon />} label={title} variant="outlined" onClick={() => onChange([...chosen, id])} />
        ))}
      </Stack>
    </Stack>
  );
}

interface RowProps {
  id: string;
  title: string;
  ordered: boolean;
  move: (by: number) => void;
  remove: () => void;
}

function Row({ id, title, ordered, move, remove }: RowProps) {
  const text = useText(rotationWords);
  const { attributes, listeners, setNodeRef, transform, transition, isDragging } = useSortable({ id, disabled: !ordered });
  const place = transform ? `translate(${transform.x}px, ${transform.y}px)` : 'none';
  return (
    <Paper
      ref={setNodeRef}
      variant="outlined"
      style={{ transform: place, transition: transition ?? 'none' }}
      sx={{ display: 'flex', alignItems: 'center', p: 0.5, zIndex: isDragging ? 1 : 0, position: 'relative' }}
    >
      {ordered && (
        <IconButton size="small" {...attributes} {...listeners} aria-label={title} sx={{ cursor: 'grab' }}>
          <HandleIcon fontSize="small" />
        </IconButton>
      )}
      <Typography noWrap sx={{ flexGrow: 1, px: 1 }}>
        {title}
      </Typography>
      {ordered && (
        <>
          <IconButton size="small" aria-label={`${text.up}: ${title}`} onClick={() => move(-1)}>
            <UpIcon fontSize="small" />
          </IconButton>
          <IconButton size="small" aria-label={`${text.down}: ${title}`} onClick={() => move(1)}>
            <DownIcon fontSize="small" />
          </IconButton>
        </>
      )}
      <IconButton size="small" aria-label={`${text.remove}: ${title}`} onClick={remove}>
        <CloseIcon fontSize="small" />
      </IconButton>
    </Paper>
  );
}
