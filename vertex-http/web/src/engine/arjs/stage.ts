import type { Stage, Surface } from '../engine';
import { MAX_PIXEL_RATIO, coverCrop, coverProjection, depthRange, type Size } from '../geometry';
import { element, type Entity, type Renderer, type Scene } from './aframe';

/** A material that shows a texture as it is. */
const FLAT = { shader: 'flat', minFilter: 'linear', fog: false, toneMapped: false, dithering: false };

/** Draws with A-Frame: a scene with a fixed camera, and an anchor that carries a plane with the video. */
export class AFrameStage implements Stage {
  private frame: Size = { width: 1, height: 1 };
  private picture: Size = { width: 1, height: 1 };
  private visible = false;

  private constructor(
    private readonly scene: Scene,
    private readonly renderer: Renderer,
    private readonly anchor: Entity,
    private readonly plane: Entity,
    private readonly video: HTMLVideoElement,
  ) {
    anchor.object3D.matrixAutoUpdate = false;
    video.addEventListener('resize', () => this.crop());
    video.addEventListener('loadedmetadata', () => this.crop());
    scene.addEventListener('rendererresize', () => this.project());
    new ResizeObserver(() => this.fit()).observe(scene);
    this.hide();
  }

  static async create({ overlay, video }: Surface): Promise<AFrameStage> {
    const plane = element('a-entity', { geometry: { primitive: 'plane' }, material: { ...FLAT, src: video } });
    const anchor = element('a-entity', { visible: false }, plane);
    const camera = element('a-entity', { camera: {}, position: { x: 0, y: 0, z: 0 } });
    const calm = { 'loading-screen': 'enabled: false', 'xr-mode-ui': 'enabled: false', renderer: 'alpha: true' };
    const scene = element<Scene>('a-scene', { embedded: '', ...calm }, camera, anchor);
    const loaded = new Promise((resolve) => scene.addEventListener('renderstart', resolve, { once: true }));
    overlay.replaceChildren(scene);
    const { renderer } = scene;
    if (!renderer) throw new Error('WebGL is not available');
    await loaded;
    return new AFrameStage(scene, renderer, anchor, plane, video);
  }

  setup(frame: Size, picture: Size): void {
    this.frame = frame;
    this.picture = picture;
    const { width, height } = picture;
    this.plane.setAttribute('geometry', { primitive: 'plane', width, height });
    this.plane.setAttribute('position', { x: width / 2, y: height / 2, z: 0 });
    this.plane.object3D.traverse((object) => (object.frustumCulled = false));
    this.fit();
    this.crop();
  }

  show(pose: readonly number[]): void {
    this.anchor.object3D.matrix.fromArray(pose);
    this.anchor.object3D.matrixWorldNeedsUpdate = true;
    this.anchor.object3D.visible = true;
    if (!this.visible) this.renderer.setAnimationLoop((time) => this.scene.render(time));
    this.visible = true;
  }

  hide(): void {
    this.visible = false;
    this.anchor.object3D.visible = false;
    this.renderer.setAnimationLoop(null);
    this.scene.render(performance.now());
  }

  private fit(): void {
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
    this.scene.resize();
    this.scene.render(performance.now());
  }

  /** A-Frame gives its camera a field of view of its own with every change of size; ours is that of the frame. */
  private project(): void {
    const { camera, clientWidth, clientHeight } = this.scene;
    const screen = { width: clientWidth || 1, height: clientHeight || 1 };
    camera.projectionMatrix.fromArray(coverProjection(this.frame, screen, ...depthRange(this.picture)));
    camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
  }

  private crop(): void {
    const texture = { width: this.video.videoWidth, height: this.video.videoHeight };
    if (!texture.width || !texture.height) return;
    const { repeat, offset } = coverCrop(texture, this.picture);
    const pair = ([x, y]: [number, number]) => ({ x, y });
    this.plane.setAttribute('material', { ...FLAT, src: this.video, repeat: pair(repeat), offset: pair(offset) });
  }
}
