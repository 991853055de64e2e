/** Address of the NFT worker that AR.js carries inside its bundle; see `vite.config.ts`. */
declare module 'virtual:ar-js-worker' {
  const url: string;
  export default url;
}
