// G1, G2: what the gateway costs in front of an upstream that costs nothing.
import { type Bench, driven, type Measurement, roundsOf } from '../bench.ts';
import { byCpu, differencesOf, ratiosOf, type Side } from '../report.ts';

const MANY = 32;

async function measure(bench: Bench) {
  const { nginx, product } = bench;
  const { staticCall } = product;
  if (!nginx || !staticCall) {
    const reason = bench.nginxMissing ?? 'no nginx';
    return { G1: { reason }, G2: { reason } };
  }
  const call = {
    method: staticCall.method,
    path: staticCall.path,
    ...(staticCall.headers ? { headers: staticCall.headers } : {}),
    ...(staticCall.expects ? { expects: staticCall.expects } : {}),
  };
  const through = (port: number, connections: number) => ({ port, connections, calls: [call] });
  const [nginxMany, gatewayMany, nginxOne, gatewayOne] = (await roundsOf(bench, [
    driven(bench, 'nginx, 32 connections', through(nginx.proxyPort, MANY)),
    driven(bench, 'gateway, 32 connections', through(product.port, MANY)),
    driven(bench, 'nginx, 1 connection', through(nginx.proxyPort, 1)),
    driven(bench, 'gateway, 1 connection', through(product.port, 1)),
  ])) as [Side, Side, Side, Side];
  return {
    G1: {
      values: [ratiosOf(gatewayMany, nginxMany)],
      sides: [nginxMany, gatewayMany],
      note: byCpu(gatewayMany, nginxMany),
    },
    G2: {
      values: [differencesOf(gatewayOne, nginxOne, ({ p50Ms }) => p50Ms)],
      sides: [nginxOne, gatewayOne],
    },
  };
}

export const gatewayMeasurement: Measurement = { rows: ['G1', 'G2'], measure };
