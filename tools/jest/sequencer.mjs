// The order of test files. The longest come first, and what starts whole platforms is spread over what does not, so that few
// of these start at once and no worker has much left when the others are done.
import { TestSequencer } from './of-jest.mjs';

/** Files that take longest; of others, and of what is not known yet, Jest has the larger or slower first. */
const LONGEST = [
  'tests/e2e/console',
  'tests/e2e/statistics',
  'tests/e2e/stories',
  'gateway/test/slow-readers',
  'gateway/test/flood',
  'gateway/test/names-and-passwords',
  'licenses/test/failing-items',
  'gateway/test/external-issuers',
  'gateway/test/pages-in-a-browser',
  'test/bus/consumer',
  'licenses/test/slot-races',
];
/** Of the way through the other files, that on which platforms are spread. */
const SPREAD = 0.6;

const rank = ({ path }) => {
  const index = LONGEST.findIndex((part) => path.replaceAll('\\', '/').includes(part));
  return index < 0 ? LONGEST.length : index;
};

export default class Sequencer extends TestSequencer {
  sort(tests) {
    const sorted = [...super.sort(tests)].sort((left, right) => rank(left) - rank(right));
    const isWhole = ({ context }) => context.config.displayName?.name === 'e2e';
    const [whole, others] = [sorted.filter(isWhole), sorted.filter((test) => !isWhole(test))];
    const every = Math.max(1, Math.floor((others.length * SPREAD) / Math.max(1, whole.length)));
    const order = whole.flatMap((test, index) => [test, ...others.slice(index * every, (index + 1) * every)]);
    return [...order, ...others.slice(whole.length * every)];
  }
}
