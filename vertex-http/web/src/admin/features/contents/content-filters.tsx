import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { api, data } from '../../api/client';
import type { ListState } from '../../ui/list-state';
import { useText } from '../../words';
import { common } from '../../words/common';
import { FILTERS, type Filter } from './queries';
import { contentWords } from './words';

interface Props {
  state: ListState<Filter>;
  change: (next: Record<string, string>) => void;
}

/** What the list of pictures is narrowed down to. */
export function ContentFilters({ state, change }: Props) {
  const text = useText(contentWords);
  const words = useText(common);
  const query = { per_page: 100, sort: 'name' as const };
  const projects = useQuery({ queryKey: ['projects', query], queryFn: () => data(api.GET('/api/projects', { params: { query } })) });
  const choose = (name: Filter, label: string, options: { value: string; label: string }[]) => (
    <TextField
      select
      label={label}
      value={state.filters[name]}
      onChange={(event) => change({ [name]: event.target.value })}
      sx={{ width: 170 }}
    >
      <MenuItem value="">{words.all}</MenuItem>
      {options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
    </TextField>
  );
  const isFiltered = FILTERS.some((name) => state.filters[name] !== '');
  return (
    <Stack direction="row" useFlexGap spacing={1} sx={{ mb: 2, flexWrap: 'wrap', rowGap: 1 }}>
      {choose('project_id', text.project, projects.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [])}
      {choose(
        'marker_status',
        text.state,
        Object.entries(text.status).map(([value, label]) => ({ value, label })),
      )}
      {choose('is_active', text.switched, [
        { value: 'true', label: text.on },
        { value: 'false', label: text.off },
      ])}
      <Button
        variant={state.filters.deleted ? 'contained' : 'text'}
        color="inherit"
        aria-pressed={state.filters.deleted !== ''}
        onClick={() => change({ deleted: state.filters.deleted ? '' : 'true' })}
      >
        {text.deletedOnes}
      </Button>
      {isFiltered && <Button onClick={() => change(Object.fromEntries(FILTERS.map((name) => [name, ''])))}>{text.clearFilters}</Button>}
    </Stack>
  );
}
