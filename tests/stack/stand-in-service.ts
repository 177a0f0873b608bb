// Stands in for a service: answers everything with its health and some of its settings, ends when asked for /crash.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(3);
  response.setHeader('content-type', 'application/json');
  const { MONGODB_URI: database, POINTS_URL: points, BALANCES_CACHE_SECONDS: balances } = process.env;
  response.end(JSON.stringify({ status: 'ok', database, points, balances }));
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('stand-in is up'));
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
