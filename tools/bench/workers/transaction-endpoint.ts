// Floor of E4: the barest HTTP endpoint around one transaction of three writes, without a gateway in front.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveRuns } from '../worker-protocol.ts';
import { PROFILES, RawLedger } from './raw-ledger.ts';

const ledger = await RawLedger.open();
let next = 0;
const server = createServer({ noDelay: true, keepAliveTimeout: 75_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { points_amount } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { points_amount: number };
    ledger.earn((next++ % PROFILES) + 1).then(
      () => {
        const text = JSON.stringify({ success: true, actual_points_added: points_amount });
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
          .end(text);
      },
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
serveRuns(async () => ({ port: (server.address() as AddressInfo).port }));
