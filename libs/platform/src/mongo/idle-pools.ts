/**
 * The driver's pools, at rest (mongodb 7.8). Each looks ten times a second whether it has its least number of connections, which
 * wakes a process that nobody asks for anything; how often cannot be set. Here a pool that has them looks once a second: who
 * needs a connection meanwhile makes one anyway.
 */
import { createRequire } from 'node:module';

const LOOK_MILLISECONDS = 1_000;

type DriversPool = {
  readonly poolState: string;
  readonly totalConnectionCount: number;
  readonly options: { readonly minPoolSize: number };
  minPoolSizeTimer: NodeJS.Timeout | undefined;
  ensureMinPoolSize: (this: DriversPool) => void;
};

const mongoose = createRequire(import.meta.url).resolve('mongoose');
const { ConnectionPool } = createRequire(mongoose)('mongodb/lib/cmap/connection_pool.js') as {
  readonly ConnectionPool: { readonly prototype: DriversPool };
};
const { ensureMinPoolSize } = ConnectionPool.prototype;

ConnectionPool.prototype.ensureMinPoolSize = function () {
  ensureMinPoolSize.call(this);
  if (this.poolState !== 'ready' || this.totalConnectionCount < this.options.minPoolSize) return;
  clearTimeout(this.minPoolSizeTimer);
  this.minPoolSizeTimer = setTimeout(() => this.ensureMinPoolSize(), LOOK_MILLISECONDS);
};
