// Builds with both plugins that write a manifest, and with hashes of three forms in names.
const Css = require('mini-css-extract-plugin');
const webpack = require('webpack');
const { WebpackManifestPlugin } = require('webpack-manifest-plugin');

async function main() {
  const { WebpackAssetsManifest } = await import('webpack-assets-manifest');
  const config = {
    mode: 'production',
    devtool: 'source-map',
    entry: { main: './src/main.js', admin: './src/admin.js' },
    output: {
      filename: 'js/[name].[contenthash].js',
      assetModuleFilename: 'media/[hash][ext]',
      publicPath: '/static/app/',
    },
    optimization: { runtimeChunk: 'single', splitChunks: { chunks: 'all', minSize: 0 } },
    module: {
      rules: [
        { test: /\.css$/, use: [Css.loader, 'css-loader'] },
        { test: /\.(png|svg)$/, type: 'asset/resource' },
      ],
    },
    plugins: [
      new Css({ filename: 'css/[name].[contenthash:8].css' }),
      new WebpackManifestPlugin({ fileName: 'flat.json' }),
      new WebpackAssetsManifest({ output: 'assets.json', entrypoints: true, integrity: true, publicPath: true }),
    ],
  };
  webpack(config, (error, stats) => {
    if (error || stats.hasErrors()) {
      console.error(error ?? stats.toString());
      process.exit(1);
    }
  });
}

main();
