import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Fits MindAR's source to a strict Content-Security-Policy and to what the viewer needs: its worker becomes a file of
 * its own instead of a blob, and the picture compiler gives way to our reader of compiled targets.
 */
function mindArForBrowsers(): Plugin {
  const controller = /mind-ar\/src\/image-target\/controller\.js$/;
  return {
    name: 'mind-ar-for-browsers',
    enforce: 'pre',
    resolveId(id, importer) {
      return id === './compiler.js' && importer && controller.test(importer) ? source('src/engine/mindar/target-file.ts') : null;
    },
    transform(code, id) {
      return controller.test(id) ? code.replace('controller.worker.js?worker&inline', 'controller.worker.js?worker') : null;
    },
  };
}

/** Packages that AR.js' worker is made of. */
const AR_JS_WORKER = ['@ar-js-org/ar.js', '@ar-js-org/artoolkit5-js', '@babel/runtime', 'axios'];

/**
 * AR.js carries its NFT worker as a string and starts it from a blob, which would have the page's own policy. This makes
 * it a file, `virtual:ar-js-worker` being its address: the evaluation that its WebAssembly glue needs is allowed to that
 * file alone, and the page runs under the same policy as MindAR's. It also lets ARToolKit's part (LGPL) be replaced.
 */
function arJsWorker(): Plugin {
  const name = 'virtual:ar-js-worker';
  const bundle = source('node_modules/@ar-js-org/ar.js/three.js/build/ar-threex.mjs');
  return {
    name: 'ar-js-worker',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load(id) {
      if (id !== `\0${name}`) return null;
      const code = longestString(this.parse(readFileSync(bundle, 'utf8')));
      if (!code.includes('loadNFTMarker')) throw new Error('AR.js keeps its worker elsewhere now');
      const licenses = AR_JS_WORKER.map((folder) => licenseOf(source(`node_modules/${folder}`)));
      this.emitFile({ type: 'asset', fileName: 'assets/ar-js-worker-licenses.md', source: licenseList(licenses) });
      const file = this.emitFile({ type: 'asset', name: 'ar-js-worker.js', source: code });
      return `export default import.meta.ROLLUP_FILE_URL_${file};`;
    },
  };
}

/** The longest string literal in a syntax tree. */
function longestString(node: unknown): string {
  if (typeof node !== 'object' || node === null) return '';
  const { type, value } = node as { type?: unknown; value?: unknown };
  if (type === 'Literal') return typeof value === 'string' ? value : '';
  return Object.values(node).map(longestString).reduce((one, other) => (other.length > one.length ? other : one), '');
}

/**
 * Keeps A-Frame from acting as the host of the page: adding tags (one names a picture on its own site), playing a hidden
 * video out of a `data:` address against a phone's sleep.
 */
function aFrameAsGuest(): Plugin {
  const stubs = new Map([
    ['metaTags', 'export const inject = () => [];'],
    ['wakelock', 'export const initWakelock = () => {};'],
  ]);
  return {
    name: 'a-frame-as-guest',
    enforce: 'pre',
    transform: (_, id) => stubs.get(/aframe\/src\/core\/scene\/(\w+)\.js$/.exec(id)?.[1] ?? ''),
  };
}

/** Vite lists the licences of the pages' dependencies; this lists those of the worker's, which it leaves out. */
function workerLicenses(): Plugin {
  return {
    name: 'worker-licenses',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const packages = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
      const licenses = [...packages].sort().map(licenseOf);
      this.emitFile({ type: 'asset', fileName: 'assets/worker-licenses.md', source: licenseList(licenses) });
    },
  };
}

const licenseList = (licenses: string[]) => `# Licenses\n\n${licenses.join('\n')}`;

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `## ${name} - ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8') : ''}`;
}

/** In development every address of the panel answers its page, as the server does. */
function panelRoutes(): Plugin {
  return {
    name: 'panel-routes',
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        if (/^\/admin(\/|\?|$)/.test(request.url ?? '')) request.url = '/admin.html';
        next();
      });
    },
  };
}

export default defineConfig({
  base: '/',
  appType: 'mpa',
  plugins: [react(), mindArForBrowsers(), arJsWorker(), aFrameAsGuest(), panelRoutes()],
  resolve: {
    alias: [
      { find: /^@tensorflow\/tfjs$/, replacement: source('src/engine/mindar/tf-slim.ts') },
      { find: /^aframe\/src\//, replacement: source('node_modules/aframe/src/') },
      { find: /^@tensorflow\/tfjs-backend-webgl$/, replacement: '@tensorflow/tfjs-backend-webgl/dist/base' },
    ],
  },
  optimizeDeps: { exclude: ['mind-ar'] },
  worker: { format: 'iife', plugins: () => [workerLicenses()] },
  build: {
    target: 'es2020',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    manifest: true,
    license: { fileName: 'assets/licenses.md' },
    rolldownOptions: {
      input: { viewer: source('viewer.html'), admin: source('admin.html') },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|react-router|scheduler)\// },
            { name: 'form', test: /node_modules\/(react-hook-form|@hookform|zod)\// },
            { name: 'ui', test: /node_modules\/(@mui\/(material|system|styled-engine|utils|private-theming)|@emotion)\//, minShareCount: 8 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: process.env.VERTEX_URL ?? 'http://127.0.0.1:8080', ws: true } } },
  test: { include: ['src/**/*.test.ts'] },
});
