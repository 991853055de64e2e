/**
 * What the page uses of A-Frame: scenes, entities and the parts of a plane that shows a video. The whole library brings
 * controllers, models, fonts and an inspector fetched from elsewhere, and writes its style into the page.
 */
import 'aframe/src/core/scene/a-scene.js';
import 'aframe/src/components/camera.js';
import 'aframe/src/components/geometry.js';
import 'aframe/src/components/material.js';
import 'aframe/src/components/position.js';
import 'aframe/src/components/visible.js';
import 'aframe/src/components/scene/embedded.js';
import 'aframe/src/components/scene/xr-mode-ui.js';
import 'aframe/src/geometries/plane.js';
import 'aframe/src/shaders/flat.js';
import 'aframe/src/systems/camera.js';
import 'aframe/src/systems/geometry.js';
import 'aframe/src/systems/material.js';
import 'aframe/src/systems/renderer.js';
import { waitForDocumentReadyState } from 'aframe/src/core/readyState.js';

waitForDocumentReadyState();

interface Matrix {
  fromArray(elements: readonly number[]): Matrix;
  copy(other: Matrix): Matrix;
  invert(): Matrix;
}

interface Object3D {
  matrix: Matrix;
  matrixAutoUpdate: boolean;
  matrixWorldNeedsUpdate: boolean;
  visible: boolean;
  traverse(visit: (object: { frustumCulled: boolean }) => void): void;
}

/** An A-Frame entity, as far as we touch it. */
export interface Entity extends HTMLElement {
  object3D: Object3D;
  /** A-Frame takes values of components as objects. */
  setAttribute(name: string, value: unknown): void;
}

export interface Renderer {
  setAnimationLoop(step: ((time: number) => void) | null): void;
  setPixelRatio(ratio: number): void;
}

/** An A-Frame scene, as far as we touch it. */
export interface Scene extends Entity {
  camera: { projectionMatrix: Matrix; projectionMatrixInverse: Matrix };
  /** Missing where the browser gives no WebGL. */
  renderer?: Renderer;
  render(time: number): void;
  resize(): void;
}

/** Makes an element with the given attributes around `children`. */
export function element<T extends Entity>(name: string, attributes: Record<string, unknown>, ...children: Entity[]): T {
  const made = document.createElement(name) as T;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
