// An image server as one writes it with sharp: original by keep-alive HTTP, resize, answer. No caches.
// node sharp.js PORT ORIGIN      GET /{width}/{format}/{quality}/{key...}
// libuv's threads (UV_THREADPOOL_SIZE) are the parallelism, with one libvips thread each, as sharp advises servers.
'use strict';
const http = require('node:http');
const sharp = require(require.resolve('sharp', { paths: [process.env.THIMBLE_PEERS] }));

const [port, origin] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
sharp.concurrency(1);
sharp.cache(false);

function fetchOriginal(key) {
  return new Promise((resolve, reject) => {
    http.get(`${origin}/${key}`, { agent }, (answer) => {
      if (answer.statusCode !== 200) { answer.resume(); reject(new Error(`origin: ${answer.statusCode}`)); return; }
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

http.createServer(async (request, response) => {
  try {
    const [, width, format, quality, ...key] = request.url.split('/');
    const original = await fetchOriginal(key.join('/'));
    const options = format === 'png' ? {} : { quality: Number(quality) };
    const result = await sharp(original).rotate().resize(Number(width))[format](options).toBuffer();
    response.writeHead(200, { 'Content-Type': `image/${format}`, 'Content-Length': result.length });
    response.end(result);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(Number(port), '127.0.0.1');
