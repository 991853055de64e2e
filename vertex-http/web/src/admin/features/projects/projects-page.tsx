import AddIcon from '@mui/icons-material/Add';
import { Box, Button, Card, CardActionArea, Typography } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { Empty } from '../../ui/empty';
import { Pages } from '../../ui/list/pages';
import { SearchField } from '../../ui/list/search-field';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { useText } from '../../words';
import { NameDialog } from './name-dialog';
import { useCreateProject, useProjects } from './queries';
import { projectWords } from './words';

export function Component() {
  const text = useText(projectWords);
  const { state, change } = useListState([], 'name');
  const projects = useProjects(state);
  const create = useCreateProject();
  const [adding, setAdding] = useState(false);
  const empty = state.search ? <Empty title={text.nobody} /> : <Empty title={text.empty} hint={text.emptyHint} />;
  return (
    <>
      <PageHead title={text.title}>
        <SearchField value={state.search} onChange={(search) => change({ search })} />
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAdding(true)} data-hotkey="n">
          {text.add}
        </Button>
      </PageHead>
      <Pages list={projects} state={state} change={change} empty={empty}>
        <Box
          component="ul"
          sx={{ display: 'grid', gap: 2, p: 0, m: 0, listStyle: 'none', gridTemplateColumns: 'repeat(auto-fill, minmax(240px, 1fr))' }}
        >
          {projects.data?.items.map(({ id, name, description }) => (
            <Card key={id} component="li" variant="outlined">
              <CardActionArea component={Link} to={`/projects/${id}`} sx={{ p: 2, height: '100%' }}>
                <Typography variant="h2">{name}</Typography>
                <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
                  {description}
                </Typography>
              </CardActionArea>
            </Card>
          ))}
        </Box>
      </Pages>
      {adding && <NameDialog title={text.add} save={create.mutateAsync} close={() => setAdding(false)} />}
    </>
  );
}
