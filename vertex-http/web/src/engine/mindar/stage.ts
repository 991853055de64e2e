import { LinearFilter, Matrix4, Mesh, MeshBasicMaterial, PerspectiveCamera, PlaneGeometry, SRGBColorSpace, Scene, VideoTexture, WebGLRenderer } from 'three';
import type { Stage, Surface } from '../engine';
import { MAX_PIXEL_RATIO, coverCrop, coverProjection, depthRange, type Size } from '../geometry';

/** Draws with three.js on a canvas of its own. */
export class CanvasStage implements Stage {
  private readonly canvas = document.createElement('canvas');
  private readonly video: HTMLVideoElement;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera();
  private readonly texture: VideoTexture;
  private readonly plane: Mesh;
  private frame: Size = { width: 1, height: 1 };
  private picture: Size = { width: 1, height: 1 };
  private visible = false;

  constructor({ overlay, video }: Surface) {
    this.video = video;
    overlay.replaceChildren(this.canvas);
    this.renderer = new WebGLRenderer({ canvas: this.canvas, alpha: true, antialias: true });
    this.texture = new VideoTexture(video);
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = LinearFilter;
    this.plane = new Mesh(new PlaneGeometry(1, 1), new MeshBasicMaterial({ map: this.texture }));
    this.plane.matrixAutoUpdate = false;
    this.plane.frustumCulled = false;
    this.plane.visible = false;
    this.scene.add(this.plane);
    video.addEventListener('resize', () => this.crop());
    video.addEventListener('loadedmetadata', () => this.crop());
    new ResizeObserver(() => this.fit()).observe(this.canvas);
  }

  setup(frame: Size, picture: Size): void {
    this.frame = frame;
    this.picture = picture;
    this.fit();
    this.crop();
  }

  show(pose: readonly number[]): void {
    const { width, height } = this.picture;
    const placed = new Matrix4().makeTranslation(width / 2, height / 2, 0).scale(this.plane.scale.set(width, height, 1));
    this.plane.matrix.fromArray(pose).multiply(placed);
    this.plane.visible = true;
    if (!this.visible) this.renderer.setAnimationLoop(() => this.draw());
    this.visible = true;
  }

  hide(): void {
    this.visible = false;
    this.plane.visible = false;
    this.renderer.setAnimationLoop(null);
    this.draw();
  }

  private draw(): void {
    this.renderer.render(this.scene, this.camera);
  }

  private fit(): void {
    const screen = { width: this.canvas.clientWidth || 1, height: this.canvas.clientHeight || 1 };
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO));
    this.renderer.setSize(screen.width, screen.height, false);
    this.camera.projectionMatrix.fromArray(coverProjection(this.frame, screen, ...depthRange(this.picture)));
    this.camera.projectionMatrixInverse.copy(this.camera.projectionMatrix).invert();
    this.draw();
  }

  private crop(): void {
    const texture = { width: this.video.videoWidth, height: this.video.videoHeight };
    if (!texture.width || !texture.height) return;
    const { repeat, offset } = coverCrop(texture, this.picture);
    this.texture.repeat.set(...repeat);
    this.texture.offset.set(...offset);
  }
}
