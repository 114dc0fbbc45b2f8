// How many copies of each book there are. Kept in memory: every start begins anew, which is what tests want.
import { createServer } from 'node:http';

const copies = new Map([
  ['emma', 3],
  ['ulysses', 0],
]);

createServer((request, response) => {
  const [, book, action] = request.url.split('/');
  const left = copies.get(book);
  if (left === undefined) return response.writeHead(404).end();
  if (action === 'take') {
    if (left === 0) return response.writeHead(409).end();
    copies.set(book, left - 1);
    console.log(`one copy of ${book} taken, ${left - 1} left`);
  }
  response.end(String(copies.get(book)));
}).listen(process.env.PORT, '127.0.0.1');
