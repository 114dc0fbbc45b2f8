// Takes orders, as long as the stock has a copy. fuge tells it where the stock is.
import { createServer } from 'node:http';

const { STOCK_SERVICE_HOST, STOCK_SERVICE_PORT } = process.env;
let last = 0;

createServer(async (request, response) => {
  const book = request.url.slice(1);
  const taken = await fetch(`http://${STOCK_SERVICE_HOST}:${STOCK_SERVICE_PORT}/${book}/take`);
  if (!taken.ok) return response.writeHead(taken.status).end();
  last += 1;
  response.end(`order ${last}: ${book}`);
}).listen(process.env.PORT, '127.0.0.1');
