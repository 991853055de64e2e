/** The build of hls.js without subtitles, encryption and other things that ladders made here do not have. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
