import { Box, Card, CardActionArea, Checkbox, Stack, Typography } from '@mui/material';
import { Link } from 'react-router';
import { ScoreRing } from '../../ui/score';
import { useText } from '../../words';
import type { Content } from './queries';
import { StatusChip } from './status-chip';
import { contentWords } from './words';

interface Props {
  items: Content[];
  selection: { has: (id: string) => boolean; toggle: (id: string, shift: boolean) => void };
}

/** Contents as tiles of their pictures. */
export function ContentGrid({ items, selection }: Props) {
  return (
    <Box
      component="ul"
      sx={{ display: 'grid', gap: 2, p: 0, m: 0, listStyle: 'none', gridTemplateColumns: 'repeat(auto-fill, minmax(170px, 1fr))' }}
    >
      {items.map((content) => (
        <Tile key={content.id} content={content} selection={selection} />
      ))}
    </Box>
  );
}

function Tile({ content, selection }: { content: Content } & Pick<Props, 'selection'>) {
  const text = useText(contentWords);
  const { id, title, preview_url: preview, trackability, video_count: videos, view_count: views } = content;
  const picked = selection.has(id);
  return (
    <Card component="li" variant="outlined" sx={{ position: 'relative', outline: picked ? 2 : 0, outlineColor: 'primary.main' }}>
      <CardActionArea component={Link} to={`/contents/${id}`}>
        <Box sx={{ aspectRatio: '1', bgcolor: 'action.hover', display: 'grid', placeItems: 'center' }}>
          {preview && (
            <Box component="img" src={preview} alt="" loading="lazy" sx={{ width: '100%', height: '100%', objectFit: 'contain' }} />
          )}
        </Box>
        <Box sx={{ p: 1.5 }}>
          <Typography noWrap sx={{ fontWeight: 600 }}>
            {title}
          </Typography>
          <Typography variant="body2" color="textSecondary" noWrap>
            {text.videos(videos)} · {text.views(views)}
          </Typography>
          <Stack direction="row" sx={{ mt: 1, alignItems: 'center', justifyContent: 'space-between', minHeight: 36 }}>
            <StatusChip content={content} />
            {trackability != null && <ScoreRing score={trackability} label={text.scoreOf(trackability)} />}
          </Stack>
        </Box>
      </CardActionArea>
      <Checkbox
        size="small"
        checked={picked}
        slotProps={{ input: { 'aria-label': title } }}
        onClick={(event) => selection.toggle(id, event.shiftKey)}
        sx={{ position: 'absolute', top: 4, left: 4, bgcolor: 'background.paper', borderRadius: 1, p: 0.25 }}
      />
    </Card>
  );
}
