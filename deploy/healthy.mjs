// The health check of every service's image: node /app/healthy.mjs [path]. Ends with 0 when the path answers 200.
const { PORT } = process.env;
const [path = '/healthz'] = process.argv.slice(2);
const answer = await fetch(`http://127.0.0.1:${PORT}${path}`, { signal: AbortSignal.timeout(4_000) }).catch(
  () => null,
);
process.exit(answer?.ok ? 0 : 1);
