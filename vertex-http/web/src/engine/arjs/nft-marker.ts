import { download } from '../../shared/download';
import { checkMarkerFiles } from './marker-files';

/** A marker that AR.js can load. */
export interface NftMarker {
  /** Address of its three files without their extensions, from the site's root and without the slash before it. */
  path: string;
}

const EXTENSIONS = ['iset', 'fset', 'fset3'] as const;

/**
 * Fetches the three files at `url`. AR.js' worker fetches them itself, out of the browser's cache then; but it tells
 * neither how far it is nor that the server said no, nor that a file is none of a marker.
 */
export async function loadMarker(url: string, onProgress: (share: number) => void): Promise<NftMarker> {
  const shares = [0, 0, 0];
  const count = (file: number, share: number) => {
    shares[file] = share;
    onProgress(shares.reduce((sum, one) => sum + one, 0) / shares.length);
  };
  const fetched = EXTENSIONS.map((extension, file) => download(`${url}.${extension}`, (share) => count(file, share)));
  const [iset, fset, fset3] = await Promise.all(fetched);
  checkMarkerFiles(iset!, fset!, fset3!);
  return { path: pathFromRoot(url) };
}

/**
 * The worker puts the site's origin before whatever it does not take for an address; and it takes none with a host such
 * as `localhost` for one.
 */
export function pathFromRoot(url: string): string {
  return new URL(url, 'http://site.invalid').pathname.replace(/^\/+/, '');
}
