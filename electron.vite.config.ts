import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname
// CommonJS: the scheme privileges must be declared before the app is ready, and a sandboxed preload script cannot be a module
const commonjs = (name: string) => ({ format: 'cjs' as const, entryFileNames: `${name}.cjs` })

// the oldest Electron the app runs on is 33: Node 20.18, Chrome 130
export default defineConfig({
  main: {
    build: {
      outDir: resolve(root, 'out/main'),
      target: 'node20.18',
      externalizeDeps: false,
      rolldownOptions: { input: resolve(root, 'main/hosts/electron/index.ts'), output: commonjs('index') },
    },
  },
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      target: 'node20.18',
      externalizeDeps: false,
      rolldownOptions: { input: resolve(root, 'main/hosts/preload.ts'), output: commonjs('preload') },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      target: 'chrome130',
      // the content security policy allows no data: addresses and nothing inline
      assetsInlineLimit: 0,
      minify: true,
      rolldownOptions: { input: resolve(root, 'renderer/index.html') },
    },
  },
})
