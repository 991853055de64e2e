/** The heavy half of the viewer, loaded while the page already speaks. */
export { PoseFilter } from './pose-filter';
export { Stage } from './stage';
export { Tracker, type TrackerListener } from './tracker';
