declare module 'aframe/src/core/readyState.js' {
  export function waitForDocumentReadyState(): void;
}
