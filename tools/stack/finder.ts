// Finds a store: the ways are tried in order, and each one that is passed over is said with its reason.
import {
  PassedOver,
  PROVIDERS,
  type Log,
  type Provider,
  type RunningStore,
  type StoreName,
} from './store.ts';

export type Ways = Readonly<Record<Provider, () => Promise<RunningStore>>>;

const ADVICE: Record<StoreName, string> = {
  MongoDB:
    'Do one of these and start again: set MONGODB_URI to a replica set; start Docker; install MongoDB (mongod in PATH); or give this machine a way to MongoDB’s downloads or to pip.',
  RabbitMQ:
    'Do one of these and start again: set AMQP_URL; start Docker; install RabbitMQ (apt-get install rabbitmq-server, or brew install rabbitmq on macOS); or give this machine working apt sources.',
  Redis:
    'Nothing needs it: without it each gateway counts by itself. To have one, set REDIS_URL; start Docker; install Redis (apt-get install redis-server, or brew install redis on macOS); or give this machine working apt sources or a way to pip.',
};

/** The order of the ways: given first; then where the data of the last start lies, and nowhere else; else all. */
export function orderOf({
  allowed,
  dataLiesWith,
}: {
  allowed: readonly Provider[];
  dataLiesWith?: Provider | undefined;
}): Provider[] {
  if (dataLiesWith) return ['given', dataLiesWith];
  return PROVIDERS.filter((provider) => provider === 'given' || allowed.includes(provider));
}

/** The first way that works; says why each one before it did not. */
export async function findStore(
  store: StoreName,
  {
    ways,
    order,
    dataLiesWith,
    log,
  }: { ways: Ways; order: readonly Provider[]; dataLiesWith?: Provider | undefined; log: Log },
): Promise<RunningStore> {
  const reasons: string[] = [];
  for (const provider of order) {
    try {
      const found = await ways[provider]();
      log(`${store}: ${found.description}`);
      return found;
    } catch (error) {
      const { message } = error as Error;
      // An address that was given and does not work needs a person; a program that does not start has a next choice.
      if (provider === 'given' && !(error instanceof PassedOver)) throw error;
      if (provider !== 'given') log(`${store}: passing over ${provider} (${message})`);
      reasons.push(`  ${provider}: ${message}`);
    }
  }
  if (dataLiesWith) {
    throw new Error(
      `${store}: the data of the last start lies with "${dataLiesWith}", which cannot be used now.\n${reasons.join('\n')}\nMake it usable again, or clear the data with npm run reset.`,
    );
  }
  throw new Error(`${store} cannot be had on this machine.\n${reasons.join('\n')}\n${ADVICE[store]}`);
}

/** STACK_PROVIDERS narrows the search, for instance "installed,downloaded". */
export function allowedProviders(setting: string | undefined): Provider[] {
  if (!setting) return [...PROVIDERS];
  return setting.split(',').map((word) => {
    const provider = PROVIDERS.find((each) => each === word.trim());
    if (!provider) throw new Error(`STACK_PROVIDERS: "${word}" is none of ${PROVIDERS.join(', ')}`);
    return provider;
  });
}
