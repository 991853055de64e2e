/**
 * What MindAR's image tracking uses of TensorFlow.js, under the name `@tensorflow/tfjs`: the core, the WebGL backend and
 * the few kernels that run beside MindAR's own. The whole library would add some 170 kernels and an interpreter.
 */
import '@tensorflow/tfjs-backend-webgl/dist/base';
import { registerKernel } from '@tensorflow/tfjs-core';
import { argMaxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/ArgMax';
import { castConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Cast';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat';
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity';
import { packConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Pack';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape';
import { sliceConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Slice';
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub';
import { topKConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/TopK';
import '@tensorflow/tfjs-core/dist/public/chained_ops/arg_max';
import '@tensorflow/tfjs-core/dist/public/chained_ops/cast';
import '@tensorflow/tfjs-core/dist/public/chained_ops/reshape';
import '@tensorflow/tfjs-core/dist/public/chained_ops/slice';
import '@tensorflow/tfjs-core/dist/public/chained_ops/squeeze';
import '@tensorflow/tfjs-core/dist/public/chained_ops/sub';

[
  argMaxConfig,
  castConfig,
  concatConfig,
  identityConfig,
  packConfig,
  reshapeConfig,
  sliceConfig,
  subConfig,
  topKConfig,
].forEach(registerKernel);

export {
  backend,
  engine,
  env,
  keep,
  memory,
  nextFrame,
  registerKernel,
  setBackend,
  stack,
  tensor,
  tidy,
  topk,
} from '@tensorflow/tfjs-core';

/** Named by a loader of MindAR that image tracking never calls. */
export const browser = {};
