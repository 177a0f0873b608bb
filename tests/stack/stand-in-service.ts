// Stands in for a service: answers everything with its health and some of its settings, ends when asked for /crash.
// As the gateway it is up once points is.
import { createServer } from 'node:http';

const { MONGODB_URI: database, POINTS_URL: points, BALANCES_CACHE_SECONDS: balances } = process.env;

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(3);
  response.setHeader('content-type', 'application/json');
  const answer = (status: number) =>
    response.writeHead(status).end(JSON.stringify({ status: 'ok', database, points, balances }));
  if (request.url !== '/api/v1/health/') answer(200);
  else
    fetch(`${points}/readyz`).then(
      () => answer(200),
      () => answer(503),
    );
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('stand-in is up'));
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
