/**
 * The driver's connections, mended (mongodb 7.8). It writes a command and, where the socket does not take it at once,
 * waits for the socket to drain, listening for the socket's own errors alone. So it is with what is large, and with anything
 * on a connection that the server has just ended. A connection that broke then was told of by Node's error as it is, without
 * the driver's name, labels and second try: an outage looked like a fault of the platform. One that closed without an error was
 * waited for without end, and its place in the pool was lost. So was one that closed while the command was compressed. Here
 * whatever waits on a connection hears how it was closed, and nothing is written to it afterwards.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

type DriversConnection = {
  readonly closed: boolean;
  readonly socket: Socket;
  /** Closes it, with the driver's error for what is under way. */
  cleanup: (this: DriversConnection, error: Error) => void;
};

const mongoose = createRequire(import.meta.url).resolve('mongoose');
const { Connection } = createRequire(mongoose)('mongodb/lib/cmap/connection.js') as {
  readonly Connection: { readonly prototype: DriversConnection };
};
const { cleanup } = Connection.prototype;

Connection.prototype.cleanup = function (error) {
  if (this.closed) return;
  cleanup.call(this, error);
  // The driver itself always listens; what it has closed already it does not close again.
  this.socket.emit('error', error);
  // A closed socket takes a command that was still being compressed without a word.
  this.socket.write = () => {
    throw error;
  };
};
