import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
      return id === './compiler.js' && importer && controller.test(importer) ? source('src/engine/target-file.ts') : null;
    },
    transform(code, id) {
      return controller.test(id) ? code.replace('controller.worker.js?worker&inline', 'controller.worker.js?worker') : null;
    },
  };
}

/** Vite lists the licences of the pages' dependencies; this lists those of the worker's, which it leaves out. */
function workerLicenses(): Plugin {
  return {
    name: 'worker-licenses',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const packages = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
      const text = [...packages].sort().map(licenseOf).join('\n');
      this.emitFile({ type: 'asset', fileName: 'assets/worker-licenses.md', source: `# Licenses\n\n${text}` });
    },
  };
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `## ${name} - ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8') : ''}`;
}

export default defineConfig({
  base: '/',
  appType: 'mpa',
  plugins: [mindArForBrowsers()],
  resolve: {
    alias: [
      { find: /^@tensorflow\/tfjs$/, replacement: source('src/engine/tf-slim.ts') },
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
    license: { fileName: 'assets/licenses.md' },
    rolldownOptions: { input: { viewer: source('viewer.html'), admin: source('admin.html') } },
  },
  test: { include: ['src/**/*.test.ts'] },
});
