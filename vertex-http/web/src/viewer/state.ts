import type { ContentState } from './api';
import type { CameraProblem } from './camera';
import type { MissingFeature } from './device';

/** Everything the page can be saying to its visitor; the name is the page's `data-state`. */
export type State =
  | { name: 'loading'; progress: number }
  | {
      name:
        | 'ask'
        | 'starting'
        | 'scanning'
        | 'playing'
        | 'lost'
        | Exclude<ContentState, 'ready'>
        | 'not-found'
        | 'no-video'
        | 'unplayable'
        | 'offline'
        | 'broken'
        | CameraProblem
        | MissingFeature;
    };

export type StateName = State['name'];

export type Event =
  | { type: 'load' }
  | { type: 'progress'; share: number }
  | { type: 'content'; state: ContentState }
  | { type: 'loaded' }
  | { type: 'start' }
  | { type: 'camera-ready' }
  | { type: 'camera-stopped' }
  | { type: 'found' }
  | { type: 'left' }
  | { type: 'trouble'; state: Trouble };

/** States that end the visit until the visitor does something. */
export type Trouble = CameraProblem | MissingFeature | 'not-found' | 'no-video' | 'unplayable' | 'offline' | 'broken';

const LIVE: ReadonlySet<StateName> = new Set(['scanning', 'playing', 'lost']);

/** True while the camera's view is on the screen. */
export const isLive = (state: State): boolean => LIVE.has(state.name);

export const INITIAL: State = { name: 'loading', progress: 0 };

/** The next state. An event that makes no sense in a state leaves it as it is. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'load':
      return INITIAL;
    case 'progress':
      return state.name === 'loading' ? { name: 'loading', progress: Math.max(state.progress, event.share) } : state;
    case 'content':
      if (event.state !== 'ready') return { name: event.state };
      return state.name === 'loading' ? state : INITIAL;
    case 'loaded':
      return state.name === 'loading' ? { name: 'ask' } : state;
    case 'start':
      return isLive(state) || state.name === 'loading' ? state : { name: 'starting' };
    case 'camera-ready':
      return state.name === 'starting' ? { name: 'scanning' } : state;
    case 'camera-stopped':
      return isLive(state) ? { name: 'ask' } : state;
    case 'found':
      return isLive(state) ? { name: 'playing' } : state;
    case 'left':
      return state.name === 'playing' ? { name: 'lost' } : state;
    case 'trouble':
      return { name: event.state };
  }
}
