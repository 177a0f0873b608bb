/** JSON lines with request, tenant and event ids; secrets and personal data are cut out. ERROR means that someone must act. */
import pino, { type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

const SECRET = [
  'password',
  'old_password',
  'new_password',
  'secret',
  'client_secret',
  'webhook_secret',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'signature',
  'license_key',
  'email',
  'phone',
  'contact_phone',
  'delivery_address',
  'address',
];

/** The logger of a process. `level` silent turns it off. */
export function createLogger({
  service,
  level,
  destination,
}: {
  service: string;
  level: string;
  destination?: pino.DestinationStream;
}): Logger {
  const paths = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
