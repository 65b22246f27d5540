// Express and Jimp in a cluster, one process a core: the kind of server that Thimble takes the place of.
// node jimp.js PORT ORIGIN WORKERS      GET /{width}/{format}/{quality}/{key...}
'use strict';
const cluster = require('node:cluster');
const http = require('node:http');
const from = { paths: [process.env.THIMBLE_PEERS] };

const [port, origin, workers] = process.argv.slice(2);

function fetchOriginal(key, agent) {
  return new Promise((resolve, reject) => {
    http.get(`${origin}/${key}`, { agent }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

function serve() {
  const express = require(require.resolve('express', from));
  const { Jimp } = require(require.resolve('jimp', from));
  const agent = new http.Agent({ keepAlive: true });
  const app = express();
  app.use(async (request, response) => {
    try {
      const [, width, format, quality, ...key] = request.url.split('/');
      const image = await Jimp.read(await fetchOriginal(key.join('/'), agent));
      image.resize({ w: Number(width) });
      response.type(`image/${format}`).send(await image.getBuffer(`image/${format}`, { quality: Number(quality) }));
    } catch (error) {
      response.status(500).send(String(error));
    }
  });
  app.listen(Number(port), '127.0.0.1');
}

if (cluster.isPrimary) {
  for (let i = 0; i < Number(workers); i += 1) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill();
    process.exit(0);
  });
} else {
  serve();
}
