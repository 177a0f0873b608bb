// The console as files that the gateway sends from /admin/. `npm run console -- --serve` serves them while one works on them.
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  // The client as it stands here: the types of a changed endpoint are those that the console must follow.
  resolve: { conditions: ['@membership/source', ...defaultClientConditions] },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': `http://127.0.0.1:${process.env['GATEWAY_PORT'] ?? 8000}` } },
});
