// Every kind of file that Vite hashes: chunks, shared chunks, styles of both, pictures, a worker, source maps.
export default {
  base: '/static/app/',
  build: {
    manifest: true,
    sourcemap: true,
    assetsInlineLimit: 0,
    rollupOptions: { input: ['index.html', 'src/admin.js'] },
  },
};
