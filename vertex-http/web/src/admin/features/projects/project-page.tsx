import AddIcon from '@mui/icons-material/Add';
import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import EditIcon from '@mui/icons-material/EditOutlined';
import { Box, Button, IconButton, List, ListItem, ListItemButton, ListItemText, Skeleton, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import type { Schema, Tagged } from '../../api/client';
import { useConfirm } from '../../ui/confirm';
import { Pages } from '../../ui/list/pages';
import { useListState } from '../../ui/list-state';
import { PageHead } from '../../ui/page-head';
import { ProblemAlert } from '../../ui/problem-alert';
import { useSnack } from '../../ui/snack';
import { useText } from '../../words';
import { common } from '../../words/common';
import { ContentGrid } from '../contents/content-grid';
import { FILTERS, useContents } from '../contents/queries';
import { useSelection } from '../contents/selection';
import { contentWords } from '../contents/words';
import { NameDialog } from './name-dialog';
import { useCreateFolder, useDeleteFolder, useDeleteProject, useFolders, useProject, useUpdateFolder, useUpdateProject } from './queries';
import { projectWords } from './words';

type Project = Tagged<Schema['Project']>;
type Folder = Schema['Folder'];

export function Component() {
  const { id = '' } = useParams();
  const project = useProject(id);
  if (project.error) return <ProblemAlert error={project.error} retry={() => void project.refetch()} />;
  return project.data ? <ProjectView project={project.data} /> : <Skeleton variant="rounded" height={200} />;
}

function ProjectView({ project }: { project: Project }) {
  const text = useText(projectWords);
  const words = useText(common);
  const update = useUpdateProject(project.id, project.etag);
  const remove = useDeleteProject();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const deleteIt = useRemoval(text.deleteHint, remove.mutateAsync, () => navigate('/projects'));
  return (
    <>
      <PageHead title={project.name}>
        <Button onClick={() => setEditing(true)}>{words.edit}</Button>
        <Button color="error" onClick={() => void deleteIt(project)}>
          {words.delete}
        </Button>
      </PageHead>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {project.description}
      </Typography>
      <Stack direction={{ xs: 'column', md: 'row' }} spacing={3}>
        <Folders project={project.id} />
        <Pictures project={project.id} />
      </Stack>
      {editing && (
        <NameDialog
          title={text.change}
          values={project}
          save={({ name, description }) => update.mutateAsync({ name, description })}
          close={() => setEditing(false)}
        />
      )}
    </>
  );
}

function useRemoval(detail: string, remove: (id: string) => Promise<unknown>, then?: () => void | Promise<void>) {
  const text = useText(projectWords);
  const words = useText(common);
  const confirm = useConfirm();
  const snack = useSnack();
  return async ({ id, name }: { id: string; name: string }) => {
    if (!(await confirm({ title: text.deleteTitle(name), detail, confirm: words.delete }))) return;
    try {
      await remove(id);
      snack.done(text.deleted(name));
      await then?.();
    } catch (error) {
      snack.failed(error);
    }
  };
}

function Folders({ project }: { project: string }) {
  const text = useText(projectWords);
  const words = useText(common);
  const folders = useFolders(project);
  const create = useCreateFolder(project);
  const [params, setParams] = useSearchParams();
  const [edited, setEdited] = useState<Folder | 'new' | null>(null);
  const update = useUpdateFolder(edited !== null && edited !== 'new' ? edited.id : '');
  const remove = useDeleteFolder();
  const deleteIt = useRemoval(text.deleteFolderHint, remove.mutateAsync);
  const chosen = params.get('folder_id') ?? '';
  const choose = (id: string) => setParams(id ? { folder_id: id } : {});
  const actions = (folder: Folder) => (
    <>
      <IconButton size="small" aria-label={`${words.edit}: ${folder.name}`} onClick={() => setEdited(folder)}>
        <EditIcon fontSize="small" />
      </IconButton>
      <IconButton size="small" aria-label={`${words.delete}: ${folder.name}`} onClick={() => void deleteIt(folder)}>
        <DeleteIcon fontSize="small" />
      </IconButton>
    </>
  );
  return (
    <Box component="section" aria-label={text.folders} sx={{ width: { xs: '100%', md: 260 }, flexShrink: 0 }}>
      <List dense>
        <ListItemButton selected={chosen === ''} onClick={() => choose('')} sx={{ borderRadius: 2 }}>
          <ListItemText primary={text.allPictures} />
        </ListItemButton>
        {folders.data?.items.map((folder) => (
          <ListItem key={folder.id} disablePadding secondaryAction={actions(folder)}>
            <ListItemButton selected={chosen === folder.id} onClick={() => choose(folder.id)} sx={{ borderRadius: 2 }}>
              <ListItemText primary={folder.name} />
            </ListItemButton>
          </ListItem>
        ))}
      </List>
      <Button size="small" startIcon={<AddIcon />} onClick={() => setEdited('new')}>
        {text.addFolder}
      </Button>
      {edited === 'new' && <NameDialog title={text.addFolder} save={create.mutateAsync} close={() => setEdited(null)} />}
      {edited !== null && edited !== 'new' && (
        <NameDialog
          title={text.changeFolder}
          values={edited}
          save={({ name, description }) => update.mutateAsync({ name, description })}
          close={() => setEdited(null)}
        />
      )}
    </Box>
  );
}

function Pictures({ project }: { project: string }) {
  const text = useText(contentWords);
  const { state, change } = useListState(FILTERS, '-created_at');
  const narrowed = { ...state, filters: { ...state.filters, project_id: project } };
  const contents = useContents(narrowed);
  const items = contents.data?.items ?? [];
  const selection = useSelection(items.map(({ id }) => id));
  return (
    <Box sx={{ flexGrow: 1, minWidth: 0 }}>
      <Pages list={contents} state={state} change={change} empty={<Typography color="textSecondary">{text.noMatch}</Typography>}>
        <ContentGrid items={items} selection={selection} />
      </Pages>
    </Box>
  );
}
