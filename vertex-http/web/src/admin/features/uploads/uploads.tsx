import { lazy, Suspense } from 'react';
import { DropTarget } from './drop-target';
import { useUploads } from './store';

const UploadsPanel = lazy(() => import('./uploads-panel'));

/** Takes files on every page, and shows what is under way once there is something. */
export function Uploads() {
  const isUsed = useUploads(({ uploads, leftOver }) => uploads.length > 0 || leftOver.length > 0);
  return (
    <>
      <DropTarget />
      {isUsed && (
        <Suspense fallback={null}>
          <UploadsPanel />
        </Suspense>
      )}
    </>
  );
}
