export type CameraProblem = 'camera-refused' | 'no-camera' | 'camera-busy';

/** Why there is no camera, in the page's own terms. */
export class CameraError extends Error {
  constructor(readonly problem: CameraProblem) {
    super(problem);
    this.name = 'CameraError';
  }
}

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: { ideal: 'environment' },
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
  },
};

/** Asks for the back camera and shows it in `view`; resolves when its first frame is there. */
export async function openCamera(view: HTMLVideoElement): Promise<MediaStream> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(WANTED);
    view.srcObject = stream;
    await firstFrame(view);
    return stream;
  } catch (error) {
    closeCamera(view);
    throw new CameraError(problemOf(error));
  }
}

/** Switches the camera off. */
export function closeCamera(view: HTMLVideoElement): void {
  if (view.srcObject instanceof MediaStream) view.srcObject.getTracks().forEach((track) => track.stop());
  view.srcObject = null;
}

/** What a failure of getUserMedia means to the visitor. */
export function problemOf(error: unknown): CameraProblem {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera-refused';
    case 'NotReadableError':
    case 'AbortError':
      return 'camera-busy';
    default:
      return 'no-camera';
  }
}

async function firstFrame(view: HTMLVideoElement): Promise<void> {
  await view.play();
  if (view.videoWidth > 0) return;
  await new Promise((resolve) => view.addEventListener('resize', resolve, { once: true }));
}
