/** A picture and the videos that were dropped with it. */
export interface Pair {
  title: string;
  picture: File;
  videos: File[];
}

export interface Pairing {
  pairs: Pair[];
  /** Videos whose picture was not dropped with them. */
  orphans: File[];
  /** Files that are neither. */
  others: File[];
}

const PICTURE = /\.(jpe?g|png|webp|heic|heif|avif|tiff?|bmp|gif)$/i;
const VIDEO = /\.(mp4|m4v|mov|webm)$/i;

/** A file's name without its extension and without what phones and people add to copies: `wedding_video (2)` is `wedding`. */
export function stem(name: string): string {
  return name
    .replace(/\.[^.]+$/, '')
    .replace(/\s*\(\d+\)$/, '')
    .replace(/[-_ .]*(video|photo|picture|image|poster|portrait|видео|фото)[-_ .]*\d*$/i, '')
    .replace(/[-_ .]+$/, '')
    .toLowerCase();
}

/** Puts videos to the pictures whose names they share; a lone picture takes every video. */
export function paired(files: File[]): Pairing {
  const pictures = files.filter(({ name }) => PICTURE.test(name));
  const videos = files.filter(({ name }) => VIDEO.test(name));
  const others = files.filter((file) => !pictures.includes(file) && !videos.includes(file));
  const pairs = pictures.map((picture) => ({ title: titleOf(picture.name), picture, videos: [] as File[] }));
  const orphans: File[] = [];
  for (const video of videos) {
    const match = pairs.length === 1 ? pairs[0] : closest(pairs, stem(video.name));
    if (match) match.videos.push(video);
    else orphans.push(video);
  }
  return { pairs, orphans, others };
}

/** The picture with the same stem, else the one whose stem is the longest beginning of the video's. */
function closest(pairs: Pair[], video: string): Pair | undefined {
  const stems = pairs.map((pair) => ({ pair, stem: stem(pair.picture.name) })).filter(({ stem }) => stem !== '');
  const begins = stems.filter(({ stem }) => video === stem || /^[-_ .]/.test(video.startsWith(stem) ? video.slice(stem.length) : ''));
  return begins.sort((one, other) => other.stem.length - one.stem.length)[0]?.pair;
}

const titleOf = (name: string) =>
  name
    .replace(/\.[^.]+$/, '')
    .replace(/[_]+/g, ' ')
    .trim() || name;
